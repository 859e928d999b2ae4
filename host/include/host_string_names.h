/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of src/lib/string.c when it is built for the host. The other kernel files call the C
 * library's memcpy() and so on, whose arguments the address sanitizer checks.
 */
#ifndef HOST_STRING_NAMES_H
#define HOST_STRING_NAMES_H

#define memcpy		kernel_memcpy
#define memmove		kernel_memmove
#define memset		kernel_memset
#define memcmp		kernel_memcmp
#define strlen		kernel_strlen
#define strnlen		kernel_strnlen
#define strcmp		kernel_strcmp
#define strncmp		kernel_strncmp
#define strcpy		kernel_strcpy
#define strchr		kernel_strchr
#define strstr		kernel_strstr

#endif /* HOST_STRING_NAMES_H */
