/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FIRMWARE_FW_CFG_H
#define FIRMWARE_FW_CFG_H

#include <lib/types.h>

bool fw_cfg_open(const char *name, u32 *size);
void fw_cfg_read(void *buf, u32 size);

#endif
