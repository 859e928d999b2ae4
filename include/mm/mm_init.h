/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_MM_INIT_H
#define MM_MM_INIT_H

/* mminit_loglevel=: what the zones' set-up says of itself, and checks. */

#include <lib/compiler.h>

extern int mminit_loglevel;
enum mminit_level { MMINIT_WARNING, MMINIT_VERIFY, MMINIT_TRACE };

void mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
	__printf(3, 4);
void mminit_verify_zonelist(void);
void mminit_verify_pageflags_layout(void);

int set_mminit_loglevel(char *str);

#endif
