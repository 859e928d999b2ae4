// SPDX-License-Identifier: GPL-2.0-only
// Readers of the page allocator: zones, free lists, one page, the balance sheet, what is in use.

import * as boot from "./boot_memory.js";
import { notUsed, slabinfo } from "./kernel.js";
import { Missing, NotReady, PAGE_SHIFT, PAGE_SIZE, Unreadable, hexadecimal } from "./target.js";

/** @typedef {import("./target.js").Target} Target */
/** @typedef {[start: number, end: number]} Run page frames */
/** @typedef {{name: string, address: number, zone: any}} ZoneStruct */
/** @typedef {Record<string, Record<string, Record<string, number[]>>>} FreeLists */

const PAGEBLOCK_BITS = 3;
export const ZONES_PGSHIFT = 30;

/** mem_map: where the struct page of a page frame is, and back. */
export class MemMap {
	/** @param {Target} target */
	constructor(target) {
		target.requireC();
		this.target = target;
		/** @type {number} */
		this.start = target.value("mem_map");
		if (!this.start)
			throw new NotReady("free_area_init_node");
		const page = target.type("page");
		this.size = page.size;
		this.lru = page.offset("lru");
		this.flagsAt = page.offset("flags");
		/** @type {number} */
		this.count = target.value("max_mapnr");
		this.flags = target.enumeration("pageflags");
	}

	/** @param {number} pfn */
	address(pfn) {
		return this.start + pfn * this.size;
	}

	/** @param {number} address of a struct page */
	pfn(address) {
		const pfn = (address - this.start) / this.size;
		if (!Number.isInteger(pfn) || pfn < 0 || pfn >= this.count)
			throw new Unreadable(`no struct page at ${hexadecimal(address)}: mem_map is ${hexadecimal(this.start)} - ` +
				`${hexadecimal(this.address(this.count))}, ${this.size} bytes each`);
		return pfn;
	}

	/** @param {number} pfn */
	read(pfn) {
		return this.target.at("page", this.address(pfn));
	}

	/**
	 * @param {string} flag
	 * @returns {number} its bit
	 */
	bit(flag) {
		return 2 ** (this.flags[flag] ?? 0);
	}

	/**
	 * The struct pages of page frames, as words: `step` of them each.
	 * @param {number} start
	 * @param {number} end
	 */
	words(start, end) {
		const bytes = this.target.read(this.address(start), (end - start) * this.size);
		return { words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), step: this.size / 4 };
	}
}

/**
 * Each zone that spans page frames.
 * @param {Target} target
 * @returns {ZoneStruct[]}
 */
function zoneStructs(target) {
	target.requireC();
	const [node, kind] = target.find("contig_page_data"), [at, array] = kind.field("node_zones");
	/** @type {any[]} */
	const zones = kind.decode(target.read(node, kind.size)).node_zones;
	if (!target.value("mem_map") || !zones.some(zone => zone.name))
		throw new NotReady("free_area_init_nodes");
	const { element } = array.elements();
	return zones.flatMap((zone, index) => {
		if (!zone.spanned_pages)
			return [];
		if (!zone.free_area[0].free_list[0].next)
			throw new NotReady("free_area_init_core");
		return [{ name: target.string(zone.name), address: node + at + index * element.size, zone }];
	});
}

/**
 * Runs of pageblocks of one migrate type.
 * @param {Target} target
 * @param {any} zone
 */
function pageblocks(target, zone) {
	const block = 2 ** (zone.free_area.length - 1), count = Math.ceil(zone.spanned_pages / block);
	const data = target.read(zone.pageblock_flags, Math.floor((count * PAGEBLOCK_BITS + 31) / 32) * 4);
	/** @type {(bit: number) => number} */
	const bit = number => /** @type {number} */ (data[number >> 3]) >> (number & 7) & 1;
	const names = target.migrateTypes();
	/** @type {{start_pfn: number, blocks: number, type: number, name: string}[]} */
	const runs = [];
	for (let index = 0; index < count; index++) {
		const first = index * PAGEBLOCK_BITS, type = bit(first) | bit(first + 1) << 1 | bit(first + 2) << 2;
		const last = runs.at(-1);
		if (last && last.type === type)
			last.blocks++;
		else
			runs.push({ start_pfn: zone.zone_start_pfn + index * block, blocks: 1, type, name: names[type] ?? "" });
	}
	return runs;
}

/**
 * The page frames on a list of struct pages.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {number} head
 */
function listed(target, memMap, head) {
	return Array.from(target.walk(head), entry => memMap.pfn(entry - memMap.lru));
}

/**
 * The zone's hot single pages.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {any} zone
 */
export function pcpLists(target, memMap, zone) {
	if (!zone.pageset)
		return null;
	const kind = target.type("per_cpu_pageset"), { pcp } = target.at("per_cpu_pageset", zone.pageset);
	const [at, array] = kind.field("pcp", "lists"), { element, count } = array.elements();
	if (!pcp.lists[0].next)
		return null;			// before build_all_zonelists()
	const names = target.migrateTypes();
	return { count: pcp.count, high: pcp.high, batch: pcp.batch,
		lists: Object.fromEntries(Array.from({ length: count }, (_, index) =>
			[names[index] ?? "", listed(target, memMap, zone.pageset + at + index * element.size)])) };
}

/** @param {Target} target */
export function zones(target) {
	const found = target.once(zoneStructs), memMap = new MemMap(target);
	return found.map(({ name, address, zone }) => ({
		name, address, start_pfn: zone.zone_start_pfn, end_pfn: zone.zone_start_pfn + zone.spanned_pages,
		spanned: zone.spanned_pages, present: zone.present_pages, free: zone.vm_stat[0],
		watermark: { min: zone.watermark[0], low: zone.watermark[1], high: zone.watermark[2] },
		lowmem_reserve: zone.lowmem_reserve,
		wait_table: { address: zone.wait_table, entries: zone.wait_table_hash_nr_entries },
		pageblock_flags: zone.pageblock_flags, pageblocks: pageblocks(target, zone),
		pcp: pcpLists(target, memMap, zone) }));
}

/** @param {Target} target */
export function buddyinfo(target) {
	return Object.fromEntries(target.once(zoneStructs).map(({ name, zone }) =>
		[name, zone.free_area.map((/** @type {any} */ area) => area.nr_free)]));
}

/**
 * Zone to order to migrate type to the page frames of its blocks, head of the list first.
 * @param {Target} target
 */
export function freeLists(target) {
	const found = target.once(zoneStructs), memMap = new MemMap(target), area = target.type("free_area");
	const offset = target.type("zone").offset("free_area"), [listsAt, array] = area.field("free_list");
	const { element, count } = array.elements(), names = target.migrateTypes();
	/** @type {FreeLists} */
	const result = {};
	for (const { name, address, zone } of found) {
		/** @type {Record<string, Record<string, number[]>>} */
		const orders = result[name] = {};
		for (let order = 0; order < zone.free_area.length; order++) {
			const heads = address + offset + order * area.size + listsAt;
			/** @type {Record<string, number[]>} */
			const types = {};
			for (let kind = 0; kind < count; kind++) {
				const pfns = listed(target, memMap, heads + kind * element.size);
				if (pfns.length)
					types[names[kind] ?? ""] = pfns;
			}
			if (Object.keys(types).length)
				orders[order] = types;
		}
	}
	return result;
}

/**
 * All pages on the free lists, as sorted runs.
 * @param {FreeLists} lists
 * @returns {Run[]}
 */
function freeRuns(lists) {
	return Object.values(lists).flatMap(orders => Object.entries(orders).flatMap(([order, types]) =>
		Object.values(types).flatMap(pfns => pfns.map(pfn => /** @type {Run} */ ([pfn, pfn + 2 ** Number(order)])))))
		.sort((a, b) => a[0] - b[0]);
}

/**
 * Ranges without what lies in `holes`; both sorted and disjoint.
 * @param {Run[]} ranges
 * @param {Run[]} holes
 */
function cut(ranges, holes) {
	/** @type {Run[]} */
	const result = [];
	let at = 0;
	for (let [start, end] of ranges) {
		for (; at < holes.length; at++) {
			const [from, to] = /** @type {Run} */ (holes[at]);
			if (to <= start)
				continue;
			if (from >= end)
				break;
			if (from > start)
				result.push([start, from]);
			start = Math.max(start, to);
			if (to > end)
				break;
		}
		if (start < end)
			result.push([start, end]);
	}
	return result;
}

/** @param {Run[]} ranges */
function sizeOf(ranges) {
	return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

/**
 * @param {Run[]} ranges
 * @param {number} start
 * @param {number} end
 * @returns {Run[]}
 */
function overlap(ranges, start, end) {
	return ranges.filter(([first, last]) => first < end && last > start)
		.map(([first, last]) => [Math.max(first, start), Math.min(last, end)]);
}

/**
 * The runs of page frames that have a page flag.
 * @param {MemMap} memMap
 * @param {Run[]} ranges
 * @param {string} flag
 */
function framesWith(memMap, ranges, flag) {
	const bit = memMap.bit(flag);
	/** @type {Run[]} */
	const runs = [];
	for (const [start, end] of ranges) {
		const { words, step } = memMap.words(start, end), first = memMap.flagsAt / 4;
		let from = -1;
		for (let pfn = start; pfn < end; pfn++) {
			const has = (/** @type {number} */ (words[first + (pfn - start) * step]) & bit) !== 0;
			if (has && from < 0)
				from = pfn;
			if (!has && from >= 0) {
				runs.push([from, pfn]);
				from = -1;
			}
		}
		if (from >= 0)
			runs.push([from, end]);
	}
	return runs;
}

/** @param {number} address */
export function pfnUp(address) {
	return Math.floor((address + PAGE_SIZE - 1) / PAGE_SIZE);
}

/**
 * RAM, as far as mem_map reaches.
 * @param {Target} target
 * @param {MemMap} memMap
 * @returns {Run[]}
 */
function ramRuns(target, memMap) {
	return boot.nodeMap(target).map((/** @type {any} */ range) =>
		[range.start_pfn, Math.min(range.end_pfn, memMap.count)]);
}

/**
 * Each owner's reserved page frames, the first owner of a frame having it, and those left for nobody.
 * @param {Target} target
 * @param {Run[]} reserved
 */
function byOwner(target, reserved) {
	/** @type {{name: string, start: number, end: number, pages: number, ranges: Run[]}[]} */
	const sheet = [];
	for (const { name, start, end } of boot.owners(target)) {
		const mine = overlap(reserved, Math.floor(start / PAGE_SIZE), pfnUp(end));
		reserved = cut(reserved, mine);
		sheet.push({ name, start, end, pages: sizeOf(mine), ranges: mine });
	}
	return { sheet, nobody: reserved };
}

/**
 * Pages that were handed out and have not come back, by the allocator's own events.
 * @param {Target} target
 */
function handedOut(target) {
	/** @type {number[]} */
	const events = target.value("vm_events");
	const number = target.enumeration("vm_event_item");
	const out = events.slice(number.PGALLOC_DMA ?? 0, (number.PGALLOC_MOVABLE ?? 0) + 1)
		.reduce((sum, count) => sum + count, 0);
	return out - ((events[number.PGFREE ?? 0] ?? 0) - target.value("totalram_pages"));
}

/** @param {Target} target */
export function balance(target) {
	target.requireC();
	if (!target.value("totalram_pages"))
		throw new NotReady("mem_init");
	const memMap = new MemMap(target), ram = ramRuns(target, memMap), blocks = freeRuns(target.once(freeLists));
	const free = sizeOf(blocks), rest = cut(ram, blocks), reserved = framesWith(memMap, rest, "PG_reserved");
	const { sheet, nobody } = byOwner(target, reserved), all = target.once(zones);
	/** @type {(list: any[], of: (item: any) => number) => number} */
	const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
	const memmap = sum(sheet.filter(owner => owner.name === "mem_map"), owner => owner.pages);
	const inPcp = sum(all.filter(zone => zone.pcp && zone.present), zone => zone.pcp.count);
	const inUse = sizeOf(rest) - sizeOf(reserved), counters = sum(all, zone => zone.free), out = handedOut(target);
	return { max_pfn: memMap.count, free, reserved: sizeOf(reserved) - memmap, memmap,
		hole: memMap.count - sizeOf(ram), in_use: inUse, nobody: sizeOf(nobody), handed_out: out, in_pcp: inPcp,
		counters, lists: free, owners: sheet.filter(owner => owner.pages), not_used: notUsed(target),
		zones: Object.fromEntries(all.map(zone => [zone.name, pfnUp(zone.spanned * memMap.size)])),
		ok: !nobody.length && free === counters && inUse === inPcp + out && !sizeOf(cut(blocks, ram)) };
}

/**
 * RAM frames that are neither free nor reserved, as ranges with what they are for.
 * @param {Target} target
 */
export function inUse(target) {
	const memMap = new MemMap(target);
	const rest = cut(ramRuns(target, memMap), freeRuns(target.once(freeLists)));
	const used = cut(rest, framesWith(memMap, rest, "PG_reserved"));
	const single = new Set(target.once(zones).flatMap(zone => zone.pcp ? Object.values(zone.pcp.lists).flat() : []));
	/** @type {Map<number, string>} */
	const caches = new Map(target.value("g_cpucache_up") ?
		target.once(slabinfo).map(cache => /** @type {[number, string]} */ ([cache.address, cache.name])) : []);
	const slab = memMap.bit("PG_slab"), lru = memMap.lru / 4, flags = memMap.flagsAt / 4;
	/** @type {{start_pfn: number, end_pfn: number, what: string}[]} */
	const found = [];
	for (const [start, end] of used) {
		const { words, step } = memMap.words(start, end);
		for (let pfn = start; pfn < end; pfn++) {
			const at = (pfn - start) * step;
			const what = /** @type {number} */ (words[at + flags]) & slab ?
				`slab ${caches.get(/** @type {number} */ (words[at + lru])) ?? "of no known cache"}` :
				single.has(pfn) ? "per-cpu list" : "pages handed out";
			const last = found.at(-1);
			if (last && last.end_pfn === pfn && last.what === what)
				last.end_pfn = pfn + 1;
			else
				found.push({ start_pfn: pfn, end_pfn: pfn + 1, what });
		}
	}
	return found;
}

// --- one page frame ---

/**
 * The free block that a page frame lies in, or null.
 * @param {MemMap} memMap
 * @param {number} pfn
 * @param {number} orders
 */
export function freeBlockOf(memMap, pfn, orders) {
	const buddy = memMap.bit("PG_buddy");
	for (let order = 0; order < orders; order++) {
		const head = Math.floor(pfn / 2 ** order) * 2 ** order, page = memMap.read(head);
		if (page.flags & buddy && page.private >= order)
			return { pfn: head, order: page.private };
	}
	return null;
}

/**
 * @param {Target} target
 * @param {number} pfn
 */
function useOfReserved(target, pfn) {
	if (!boot.nodeMap(target).some((/** @type {any} */ r) => r.start_pfn <= pfn && pfn < r.end_pfn))
		return "reserved: no RAM";
	const owner = boot.owners(target).find((/** @type {any} */ o) =>
		Math.floor(o.start / PAGE_SIZE) <= pfn && pfn < pfnUp(o.end));
	return owner ? `reserved since the boot: ${owner.name}` : "reserved, but nobody's";
}

/**
 * What a page frame is used for, as the kernel's prompt says it.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {number} pfn
 * @param {any} page
 * @param {any} zone
 */
function useOfPage(target, memMap, pfn, page, zone) {
	const block = freeBlockOf(memMap, pfn, zone.free_area.length);
	if (block)
		return { use: `free, in the block of order ${block.order} at page frame ${block.pfn}`, block };
	if (page.flags & memMap.bit("PG_reserved"))
		return { use: useOfReserved(target, pfn), block };
	if (page.flags & memMap.bit("PG_slab"))
		return { use: `in use by the cache ${target.string(target.at("kmem_cache", page.lru.next).name)}`, block };
	if (page._count)
		return { use: `in use, ${page._count} reference(s)`, block };
	const pcp = pcpLists(target, memMap, zone);
	if (pcp && Object.values(pcp.lists).some(pfns => pfns.includes(pfn)))
		return { use: "free, in the per-cpu page set", block };
	return { use: "in use, inside a block that was allocated as a whole", block };
}

/**
 * Where kmap() shows a page of high memory, or null.
 * @param {Target} target
 * @param {number} address of its struct page
 */
export function pkmapAddress(target, address) {
	const found = target.value("page_address_maps").find((/** @type {any} */ entry) =>
		entry.page === address && entry.virtual && entry.list.next);
	return found ? found.virtual : null;
}

/**
 * One page frame: its struct page, its zone, what it is for.
 * @param {Target} target
 * @param {number} pfn
 */
export function page(target, pfn) {
	const memMap = new MemMap(target);
	if (!(pfn >= 0 && pfn < memMap.count))
		throw new Missing(`mem_map has page frames 0 to ${memMap.count - 1} only`);
	const found = memMap.read(pfn), zone = target.value("contig_page_data").node_zones[found.flags >>> ZONES_PGSHIFT];
	const inside = zone && pfn >= zone.zone_start_pfn && pfn - zone.zone_start_pfn < zone.spanned_pages;
	const struct = { pfn, phys: pfn * PAGE_SIZE, page: memMap.address(pfn), flags: found.flags,
		zone: inside ? target.string(zone.name) : null,
		flag_names: Object.entries(memMap.flags).filter(([name, bit]) => name !== "NR_PAGEFLAGS" &&
			found.flags >>> bit & 1).map(([name]) => name.replace(/^PG_/, "")),
		count: found._count, mapcount: found._mapcount + 1, private: found.private, mapping: found.mapping,
		index: found.index };
	if (!inside)
		return struct;
	const high = pfn >= target.value("highstart_pfn");
	return { ...struct, pageblock: pageblocks(target, zone).reverse().find(run => run.start_pfn <= pfn)?.name ?? "",
		...useOfPage(target, memMap, pfn, found, zone),
		virtual: high ? pkmapAddress(target, memMap.address(pfn)) : target.pageOffset + pfn * 2 ** PAGE_SHIFT, high };
}
