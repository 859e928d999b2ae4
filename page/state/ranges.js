// SPDX-License-Identifier: GPL-2.0-only
// From a stage's state to ranges: scripts/report/ranges.py in the browser's language, but for the events, which a
// debugger alone can note. A test compares what both make of the same state.

import { PAGE_SIZE } from "./target.js";

/** @typedef {import("../../scripts/report/document").Range} Range */
/** @typedef {{kind: string, owner: string, why?: string}} What */
/** @typedef {{start: number, end: number, phys: number, write: boolean, execute: boolean, user: boolean, global: boolean, cache: boolean, page: number}} Mapped */
/** @typedef {Record<string, import("../kernel").Reading>} State */
/** @typedef {{state: State, physical: Range[], virtual: Range[]}} Moment */

/**
 * @template T
 * @typedef {[start: number, end: number, what: T]} Layer
 */

const VIRTUAL_END = 2 ** 32, E820_RAM = 1;
export const NOT_IN_MAP = "not in the memory map";

/** @param {What | null} what */
function key(what) {
	return what ? `${what.kind}\n${what.owner}\n${what.why ?? ""}` : "";
}

/** @type {(sorted: number[], value: number) => number} the first place whose value is not less */
function lowerBound(sorted, value) {
	let low = 0, high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (/** @type {number} */ (sorted[middle]) < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/** @param {Iterable<number>} numbers */
function sortedOnce(numbers) {
	return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * Disjoint ranges that cover [start, end); of layers that overlap the later one is seen. Neighbours that are the
 * same join.
 * @template T
 * @param {number} start
 * @param {number} end
 * @param {Layer<T>[]} layers
 * @param {(what: T | null) => unknown} identity
 * @returns {Layer<T | null>[]}
 */
function paint(start, end, layers, identity) {
	/** @type {Layer<T>[]} */
	const inside = [];
	for (const [first, last, what] of layers)
		if (Math.max(first, start) < Math.min(last, end))
			inside.push([Math.max(first, start), Math.min(last, end), what]);
	const borders = sortedOnce([start, end, ...inside.map(layer => layer[0]), ...inside.map(layer => layer[1])]);
	/** @type {(T | null)[]} */
	const seen = new Array(borders.length - 1).fill(null);
	for (const [first, last, what] of inside)
		seen.fill(what, lowerBound(borders, first), lowerBound(borders, last));
	/** @type {Layer<T | null>[]} */
	const ranges = [];
	seen.forEach((what, index) => {
		const from = borders[index] ?? start, to = borders[index + 1] ?? end, last = ranges.at(-1);
		if (last && identity(last[2]) === identity(what))
			last[1] = to;
		else
			ranges.push([from, to, what]);
	});
	return ranges;
}

/**
 * What a reader found, null where there was nothing to read.
 * @param {State} state
 * @param {string} reader
 */
function data(state, reader) {
	return state[reader]?.data ?? null;
}

/**
 * @param {number} startPfn
 * @param {number} endPfn
 * @param {What} what
 * @returns {Layer<What>}
 */
function frames(startPfn, endPfn, what) {
	return [startPfn * PAGE_SIZE, endPfn * PAGE_SIZE, what];
}

/**
 * @param {string} name of an owner
 * @returns {What}
 */
function named(name) {
	return { kind: name === "mem_map" ? "memmap" : "kept", owner: name };
}

/**
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function mapLayers(state) {
	const used = data(state, "e820"), raw = data(state, "raw_e820")?.entries ?? [];
	/** @type {any[]} */
	const entries = used ? used.used : [...raw].sort((a, b) => a.type - b.type);
	return entries.map(({ start, end, type, name }) => [start, end, type === E820_RAM ?
		{ kind: "ram", owner: "RAM of the memory map" } :
		{ kind: "firmware", owner: `${name}, says the memory map` }]);
}

/**
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function bootLayers(state) {
	/** @type {Layer<What>[]} */
	const layers = [];
	const bitmap = data(state, "bootmem"), memblock = data(state, "memblock"), early = data(state, "early_res");
	if (bitmap)
		for (const range of bitmap.ranges)
			if (range.reserved)
				for (const ram of data(state, "node_map"))
					layers.push(frames(Math.max(range.start_pfn, ram.start_pfn), Math.min(range.end_pfn, ram.end_pfn),
						{ kind: "kept", owner: "reserved in the bitmap" }));
	if (memblock)
		for (const { start, end } of memblock.reserved.regions)
			layers.push([start, end, { kind: "kept", owner: "reserved in memblock" }]);
	if (early && !early.handed_over)
		for (const { start, end, name } of early.entries)
			layers.push([start, end, named(name)]);
	for (const { start, end, name } of [...data(state, "owners") ?? []].reverse())
		layers.push([start, end, named(name)]);
	return layers;
}

/**
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function buddyLayers(state) {
	/** @type {Layer<What>[]} */
	const layers = [];
	for (const { start_pfn: start, end_pfn: end, what } of data(state, "in_use"))
		layers.push(frames(start, end, { kind: "in use", owner: what }));
	for (const { name, ranges } of data(state, "balance").owners)
		for (const [start, end] of ranges)
			layers.push(frames(start, end, named(name)));
	const free = { kind: "free", owner: "buddy allocator" };
	/** @type {Record<string, Record<string, Record<string, number[]>>>} */
	const lists = data(state, "freelist");
	for (const orders of Object.values(lists))
		for (const [order, kinds] of Object.entries(orders))
			for (const pfns of Object.values(kinds))
				for (const pfn of pfns)
					layers.push(frames(pfn, pfn + 2 ** Number(order), free));
	return layers;
}

/**
 * RAM that the kernel does not take.
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function unusedLayers(state) {
	const ram = data(state, "node_map");
	if (!ram)
		return [];
	const top = Math.max(...data(state, "e820").used.map((/** @type {any} */ entry) => entry.end));
	/** @type {Layer<boolean>[]} */
	const known = ram.map((/** @type {any} */ range) =>
		[range.start_pfn * PAGE_SIZE, range.end_pfn * PAGE_SIZE, true]);
	return paint(0, top, mapLayers(state), key).filter(([, , what]) => what?.kind === "ram")
		.flatMap(([first, last]) => paint(first, last, known, what => what).filter(([, , taken]) => !taken)
			.map(([start, end]) => /** @type {Layer<What>} */ ([start, end,
				{ kind: "hole", owner: "RAM that the kernel does not use" }])));
}

/**
 * Ranges cut at the borders that lie inside them.
 * @template T
 * @param {Layer<T>[]} ranges
 * @param {number[]} borders sorted
 * @returns {Layer<T>[]}
 */
function splitAt(ranges, borders) {
	return ranges.flatMap(([start, end, what]) => {
		const inside = borders.slice(lowerBound(borders, start + 1), lowerBound(borders, end));
		return [start, ...inside].map((first, index) => /** @type {Layer<T>} */ ([first, inside[index] ?? end, what]));
	});
}

/**
 * The highest address that any stage's map names; 0 where none has one.
 * @param {State[]} states
 */
export function physicalEnd(states) {
	const ends = states.flatMap(state => [...data(state, "e820")?.used ?? [], ...data(state, "raw_e820")?.entries ?? []])
		.map(entry => entry.end);
	return Math.ceil(Math.max(0, ...ends) / PAGE_SIZE) * PAGE_SIZE;
}

/**
 * @param {Layer<What | null>[]} painted
 * @returns {Range[]}
 */
function asRanges(painted) {
	return painted.map(([start, end, what]) => ({ start, end, event: null, since: 0,
		kind: /** @type {Range["kind"]} */ (what?.kind ?? "hole"), owner: what?.owner ?? NOT_IN_MAP }));
}

/**
 * Physical memory at a stage.
 * @param {State} state
 * @param {number} top
 */
export function physicalRanges(state, top) {
	const layers = [...mapLayers(state), ...unusedLayers(state),
		...data(state, "balance") ? buddyLayers(state) : bootLayers(state)];
	/** @type {Layer<string>[]} */
	const zones = (data(state, "zones") ?? []).map((/** @type {any} */ zone) =>
		[zone.start_pfn * PAGE_SIZE, zone.end_pfn * PAGE_SIZE, zone.name]);
	const found = asRanges(splitAt(paint(0, top, layers, key), sortedOnce(zones.flatMap(([start, end]) => [start, end]))));
	for (const range of found)
		range.zone = zones.find(([start, end]) => start <= range.start && range.start < end)?.[2] ?? null;
	return found;
}

/**
 * The memory map alone: what it says is looked up there, as reservations may lie over it.
 * @param {State} state
 * @param {number} top
 */
export function mapRanges(state, top) {
	return asRanges(paint(0, top, mapLayers(state), key));
}

/** @type {Record<string, string>} */
const AREA_KINDS = { lowmem: "lowmem", vmalloc: "vmalloc", pkmap: "pkmap", fixmap: "fixmap", boot: "fixmap" };

/**
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function areaLayers(state) {
	/** @type {any[]} */
	const sections = data(state, "image"), known = new Set(sections.map(area => area.name.trim()));
	/** @type {any[]} */
	const areas = (data(state, "layout")?.areas ?? []).filter((/** @type {any} */ area) => area.name !== "user" &&
		!known.has(area.name.trim()));
	return [...areas, ...sections].map(area => {
		const name = area.name.trim();
		return [area.start, area.end, { kind: known.has(name) ? "image" : AREA_KINDS[name] ?? "hole", owner: name,
			why: area.why }];
	});
}

/**
 * Single pages with names.
 * @param {State} state
 * @returns {Layer<What>[]}
 */
function pageLayers(state) {
	/** @type {Layer<What>[]} */
	const fixed = (data(state, "fixmap")?.pages ?? []).filter((/** @type {any} */ page) => page.phys !== null)
		.map((/** @type {any} */ page) => [page.address, page.address + PAGE_SIZE,
			{ kind: "fixmap", owner: page.name, why: "a fixed page, mapped" }]);
	/** @type {Layer<What>[]} */
	const windows = (data(state, "pkmap")?.used ?? []).map((/** @type {any} */ window) =>
		[window.address, window.address + PAGE_SIZE,
			{ kind: "pkmap", owner: `window ${window.index}`, why: `used ${window.count} times` }]);
	return [...fixed, ...windows];
}

/**
 * The kernel's virtual gigabyte at a stage: what a range is for, and how it is mapped.
 * @param {State} state
 * @returns {Range[]}
 */
export function virtualRanges(state) {
	const start = data(state, "page_offset");
	/** @type {Mapped[]} */
	const tables = data(state, "pgtable") ?? [];
	const mapped = paint(start, VIRTUAL_END, tables.map(entry => /** @type {Layer<Mapped>} */ ([entry.start, entry.end,
		entry])), entry => entry);
	const areas = paint(start, VIRTUAL_END, [...areaLayers(state), ...pageLayers(state)], key);
	const starts = mapped.map(range => range[0]);
	return splitAt(areas, sortedOnce(mapped.flatMap(([first, last]) => [first, last]))).map(([first, last, what]) => {
		const entry = mapped[lowerBound(starts, first + 1) - 1]?.[2] ?? null;
		const { kind, owner, why = "" } = what ?? (entry ?
			{ kind: "lowmem", owner: "direct map", why: "mapped, no part of it has a name yet" } :
			{ kind: "hole", owner: "nothing", why: "not mapped" });
		return { start: first, end: last, kind: /** @type {Range["kind"]} */ (kind), owner, why, event: null, since: 0,
			mapping: entry && { phys: entry.phys + first - entry.start, write: entry.write, execute: entry.execute,
				global: entry.global, cache: entry.cache, page: entry.page } };
	});
}

/**
 * What has to stay the same for a range to be the same as at an earlier stage.
 * @param {Range} range
 */
function identity(range) {
	const { mapping, kind, owner } = range;
	return `${kind}\n${kind === "lowmem" || kind === "hole" ? "" : owner}\n` +
		(mapping ? `${mapping.write} ${mapping.execute} ${mapping.page}` : "");
}

/**
 * The first stage from which on a range has been what it is now.
 * @param {{ranges: Range[], starts: number[]}[]} stages each one's ranges
 * @param {number} index
 * @param {Range} range
 */
function since(stages, index, range) {
	let first = index;
	for (; first > 0; first--) {
		const earlier = stages[first - 1];
		if (!earlier)
			break;
		let at = lowerBound(earlier.starts, range.start + 1) - 1;
		for (; at < earlier.ranges.length; at++) {
			const other = /** @type {Range} */ (earlier.ranges[at]);
			if (other.start >= range.end || identity(other) !== identity(range))
				break;
		}
		const stopped = earlier.ranges[at];
		if (stopped && stopped.start < range.end)
			break;
	}
	return first;
}

/** @param {Range[]} ranges */
function indexed(ranges) {
	return { ranges, starts: ranges.map(range => range.start) };
}

/**
 * Says of a stage's ranges, by default the last's, since when they have been what they are; the ranges of all
 * stages up to it have been made with the same top.
 * @param {Moment[]} moments
 * @param {number} top
 */
export function markSince(moments, top, index = moments.length - 1) {
	const moment = moments[index];
	if (!moment)
		return;
	const upTo = moments.slice(0, index + 1);
	const maps = upTo.map(({ state }) => indexed(mapRanges(state, top)));
	const physical = upTo.map(m => indexed(m.physical)), virtual = upTo.map(m => indexed(m.virtual));
	for (const range of moment.physical)
		range.since = since(range.kind === "ram" || range.kind === "firmware" || range.owner === NOT_IN_MAP ? maps :
			physical, index, range);
	for (const range of moment.virtual)
		range.since = since(virtual, index, range);
}
