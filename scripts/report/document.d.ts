// SPDX-License-Identifier: GPL-2.0-only
// The document as the page has it: what document.py and page.py write, with types that tsc checks the
// page's scripts by. Addresses and sizes are bytes, ends are excluded; pfn: page frame numbers.

/** What a reader gave, or why there was nothing. */
export type Reading<T> = { data: T, missing?: undefined } | { data?: undefined, missing: string };

export interface Call { function: string, file: string | null, line: number }

/** Something that was noted on the way. The page uses its calls, the innermost first. */
export interface Event { kind: string, calls: Call[] }

export interface Mapping {
	phys: number, write: boolean, execute: boolean, global: boolean, cache: boolean, page: number
}

export type PhysicalKind = "free" | "ram" | "kept" | "memmap" | "in use" | "firmware" | "hole";
export type VirtualKind = "lowmem" | "image" | "vmalloc" | "pkmap" | "fixmap" | "hole";
export type Which = "physical" | "virtual";

/** zone: of physical ones; why and mapping: of virtual ones. */
export interface Range {
	start: number, end: number, kind: PhysicalKind | VirtualKind, owner: string,
	zone?: string | null, why?: string, mapping?: Mapping | null,
	event: number | null, since: number
}

/** Counts of pages. */
export interface Zone {
	name: string, start_pfn: number, end_pfn: number, spanned: number, present: number, free: number,
	watermark: { min: number, low: number, high: number }
}

export interface OwnerPages { name: string, start: number, end: number, pages: number }

/** What has set a border of memory; pages: so many of RAM, from pfn on, are not used. */
export interface Border {
	what: string, why: string, pfn: number | null, bytes: number | null, pages: number | null
}

export interface Balance {
	max_pfn: number, free: number, reserved: number, memmap: number, hole: number, in_use: number,
	owners: OwnerPages[], not_used: Border[], zones: Record<string, number>, ok: boolean
}

export interface Area { name: string, start: number, end: number, why: string }

export interface Layout {
	areas: Area[],
	derivation: {
		steps: Border[], vmalloc_reserve: number, vmalloc_why: string, maxmem_end: number,
		page_offset: number
	}
}

/** Zone to order to migrate type to the first page frames of blocks. */
export type FreeLists = Record<string, Record<string, Record<string, number[]>>>;

export interface State {
	balance: Reading<Balance>, freelist: Reading<FreeLists>, zones: Reading<Zone[]>,
	layout: Reading<Layout>, buddyinfo: Reading<Record<string, number[]>>
}

/** log_end, events: how far the log and the events were. */
export interface Stage {
	name: string, when: "before" | "after", function: string, meaning: string, source: Call,
	state: State, physical: Range[], virtual: Range[]
}

export interface Line { text: string, level: number | null, stage: number, calls: Call[] }

export interface Document {
	title: string, version: string,
	machine: {
		loader: string, command_line: string, boot_allocator: string,
		borders: Record<string, number | null>
	},
	stages: Stage[], events: (Event | null)[], log: Line[],
	sources: Record<string, Record<string, string>>,
	/** Functions that only hand a request on. */
	glue: string[]
}
