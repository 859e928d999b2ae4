/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_MESSAGES_H
#define HOST_MESSAGES_H

/* What a program has for host/messages.c. */

/* Ends what a panic or a BUG ends: the program, or the call that a test expects to panic. */
void host_stop(void) __attribute__((__noreturn__));

#endif
