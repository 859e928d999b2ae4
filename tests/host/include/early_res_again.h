/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EARLY_RES_AGAIN_H
#define EARLY_RES_AGAIN_H

void early_res_again(void);

#endif /* EARLY_RES_AGAIN_H */
