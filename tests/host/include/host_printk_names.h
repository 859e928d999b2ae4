/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of src/kernel/printk.c where it is under test beside the host's own printk(), which
 * writes into a log that the tests can read.
 */
#ifndef HOST_PRINTK_NAMES_H
#define HOST_PRINTK_NAMES_H

#define printk				kernel_printk
#define vprintk				kernel_vprintk
#define console_loglevel		kernel_console_loglevel
#define default_message_loglevel	kernel_default_message_loglevel

#endif /* HOST_PRINTK_NAMES_H */
