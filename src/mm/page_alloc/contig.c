// SPDX-License-Identifier: GPL-2.0-only
/* The node and its struct pages, where there is one node: see mm/memory_model.h. */
#include <mm/mmzone.h>

pg_data_t contig_page_data __section(".data.contig_page_data");
struct page *mem_map;
