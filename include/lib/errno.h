/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_ERRNO_H
#define LIB_ERRNO_H

/* What a function that can fail returns, negated. Linux: asm-generic/errno-base.h. */

#ifndef ENOMEM
#define ENOMEM	12	/* no room */
#define EBUSY	16	/* somebody has it already */
#define EINVAL	22	/* what was given makes no sense */
#endif

#endif
