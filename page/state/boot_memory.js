// SPDX-License-Identifier: GPL-2.0-only
// Readers of the boot's own tables: the memory map, reservations, boot allocators.

import { Missing, NotReady, PAGE_SHIFT } from "./target.js";

/** @typedef {import("./target.js").Target} Target */

/**
 * @param {Target} target
 * @param {any[]} entries of type struct e820entry
 */
function e820Entries(target, entries) {
	const types = target.e820Types();
	return entries.map(({ addr, size, type }) => ({ start: addr, end: addr + size, type,
		name: types.get(type) ?? "of an unknown type" }));
}

/**
 * @param {Target} target
 * @param {any} map a struct e820map
 */
function usedEntries(target, map) {
	return e820Entries(target, map.map.slice(0, map.nr_map));
}

/** @param {Target} target */
export function rawE820(target) {
	target.requireC();
	const params = target.value("boot_params");
	if (!params.from_multiboot2)
		throw new NotReady("multiboot2_parse");
	return { loader: params.loader_name, command_line: params.command_line,
		raw: !target.value("e820").nr_map,
		entries: e820Entries(target, params.e820_map.slice(0, params.e820_entries)) };
}

/** @param {Target} target */
export function e820(target) {
	target.requireC();
	const used = usedEntries(target, target.value("e820"));
	if (!used.length)
		throw new NotReady("setup_memory_map");
	return { firmware: usedEntries(target, target.value("e820_saved")), used };
}

/** @param {Target} target */
export function earlyRes(target) {
	if (target.bootAllocator() === "memblock")
		throw new Missing("not used: the boot allocator is memblock (see memdawn-memblock)");
	let count = target.value("nr_handed_over"), [table] = target.find("handed_over");
	const handedOver = Boolean(count), source = "src/kernel/early_res.c";
	if (!handedOver) {
		target.requireInit();
		count = target.value("early_res_count", source);
		table = target.value("early_res", source);
	}
	if (!count)
		throw new NotReady("reserve_early");
	const kind = target.type("early_res"), data = target.read(table, kind.size * count);
	return { handed_over: handedOver,
		max: handedOver ? target.find("early_res_x")[1].elements().count : target.value("max_early_res"),
		entries: Array.from({ length: count }, (_, index) => {
			const entry = kind.decode(data, index * kind.size);
			return { start: entry.start, end: entry.end, name: entry.name, overlap_ok: Boolean(entry.overlap_ok) };
		}) };
}

/** @param {Target} target */
export function nodeMap(target) {
	target.requireC();
	const count = target.value("nr_nodemap_entries");
	if (!count)
		throw new NotReady("e820_register_active_regions");
	return target.value("early_node_map").slice(0, count).map((/** @type {any} */ entry) => ({
		start_pfn: entry.start_pfn, end_pfn: entry.end_pfn, nid: entry.nid }));
}

/**
 * Runs of equal bits, the numbering from `first`.
 * @param {Uint8Array} data
 * @param {number} first
 * @param {number} count
 */
function bitsAsRanges(data, first, count) {
	/** @type {{start_pfn: number, end_pfn: number, reserved: boolean}[]} */
	const ranges = [];
	let at = 0;
	while (at < count) {
		const bit = /** @type {number} */ (data[at >> 3]) >> (at & 7) & 1, whole = bit ? 0xff : 0;
		const start = at;
		while (at < count && (/** @type {number} */ (data[at >> 3]) >> (at & 7) & 1) === bit)
			at += at % 8 === 0 && data[at >> 3] === whole ? Math.min(8, count - at) : 1;
		ranges.push({ start_pfn: first + start, end_pfn: first + at, reserved: bit === 1 });
	}
	return ranges;
}

/**
 * The bitmap of the generation that serves.
 * @param {Target} target
 * @param {string} name
 */
function bitmap(target, name) {
	if (name === "bootmem") {
		const node = target.value("bootmem_node_data")[0];
		const over = target.value("boot_alloc_stats")[target.value("boot_alloc_live")].free;
		return { address: over ? 0 : node.node_bootmem_map, start: node.node_min_pfn, end: node.node_low_pfn,
			more: { last_end: node.last_end_off, hint_pfn: node.hint_idx } };
	}
	const node = target.value("bootmem24_node_data");
	return { address: node.node_bootmem_map, start: node.node_boot_start >>> PAGE_SHIFT, end: node.node_low_pfn,
		more: { last_offset: node.last_offset, last_pos: node.last_pos } };
}

/** @param {Target} target */
export function bootmem(target) {
	const name = target.bootAllocator();
	if (name !== "bootmem" && name !== "bootmem-2.4")
		throw new Missing(`not used: the boot allocator is ${name}, which has no bitmap`);
	target.requireInit();
	const { address, start, end, more } = bitmap(target, name);
	if (!end)
		throw new NotReady(name === "bootmem" ? "init_bootmem_node" : "bootmem24_init");
	if (!address)
		throw new Missing("handed over to the buddy allocator (by " +
			`${name === "bootmem" ? "free_all_bootmem" : "bootmem24_free_all"})`);
	const data = target.read(address, Math.floor((end - start + 7) / 8));
	return { allocator: name, bitmap: address, start_pfn: start, end_pfn: end, ...more,
		ranges: bitsAsRanges(data, start, end - start) };
}

/**
 * @param {Target} target
 * @param {any} array a struct memblock_type
 * @param {Record<string, number>} flags
 */
function memblockType(target, array, flags) {
	const kind = target.type("memblock_region"), data = target.read(array.regions, kind.size * array.cnt);
	const regions = [];
	for (let index = 0; index < array.cnt; index++) {
		const region = kind.decode(data, index * kind.size);
		if (region.size)
			regions.push({ start: region.base, end: region.base + region.size,
				flags: Object.entries(flags).filter(([, bit]) => bit && region.flags & bit)
					.map(([name]) => name.replace(/^MEMBLOCK_/, "")), nid: region.nid });
	}
	return { max: array.max, total_size: array.total_size, regions };
}

/** @param {Target} target */
export function memblock(target) {
	const name = target.bootAllocator();
	if (name !== "memblock")
		throw new Missing(`not used: the boot allocator is ${name}`);
	const state = target.value("memblock"), flags = target.enumeration("memblock_flags");
	const handedOver = Boolean(target.value("memblock_state").handed_over);
	if (!state.memory.total_size && !state.reserved.total_size) {
		if (handedOver)
			throw new Missing("handed over to the buddy allocator (by memblock_free_all)");
		throw new NotReady("memblock_reserve");
	}
	return { bottom_up: Boolean(state.bottom_up), current_limit: state.current_limit, handed_over: handedOver,
		memory: memblockType(target, state.memory, flags),
		reserved: memblockType(target, state.reserved, flags) };
}

/** @param {Target} target */
export function owners(target) {
	target.requireC();
	const count = target.value("nr_owners");
	if (!count)
		throw new NotReady("balance_own");
	return target.value("owners").slice(0, count).map((/** @type {any} */ owner) => ({
		name: owner.name, start: owner.range.start, end: owner.range.end }));
}
