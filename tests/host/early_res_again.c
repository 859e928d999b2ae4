// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/kernel/early_res.c with a way back: a boot hands its reservations over once, the tests do it
 * as often as they like.
 */
#include "../../src/kernel/early_res.c"

#include <early_res_again.h>

/* As if nothing had been called yet. */
void early_res_again(void)
{
	memset(early_res_x, 0, sizeof(early_res_x));
	early_res = early_res_x;
	max_early_res = MAX_EARLY_RES_X;
	early_res_count = 0;
	taken_over = false;
	early_res_set_ram(NULL, 0);
	nr_handed_over = 0;
}
