/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of every kernel file that is built for the host: kernel functions that have a C
 * library function's name get another one, so that cmocka and the sanitizers keep the C library's.
 */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#define vsnprintf	kernel_vsnprintf
#define vscnprintf	kernel_vscnprintf
#define snprintf	kernel_snprintf
#define sprintf		kernel_sprintf

#endif /* HOST_NAMES_H */
