// SPDX-License-Identifier: GPL-2.0-only
// Questions about what is known: no drawing here, and nothing of the browser's.

import { KINDS, PAGE, meaning } from "./words.js";

/** @typedef {import("./document").Balance} Balance */
/** @typedef {import("./document").Call} Call */
/** @typedef {import("./document").Document} Document */
/** @typedef {import("./document").FreeLists} FreeLists */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Stage} Stage */

/**
 * A part of memory with a name of its own, which may be cut into many ranges: a zone of physical memory, or
 * an area of the virtual gigabyte.
 * @typedef {{name: string, start: number, end: number, why: string}} Part
 */

/**
 * The range of a sorted list without gaps in which an address lies.
 * @param {Range[]} ranges
 * @param {number} address
 */
export function rangeAt(ranges, address) {
	let low = 0, high = ranges.length - 1;
	while (low <= high) {
		const middle = (low + high) >> 1, range = ranges[middle];
		if (!range)
			break;
		if (address < range.start)
			high = middle - 1;
		else if (address >= range.end)
			low = middle + 1;
		else
			return range;
	}
	return null;
}

/**
 * @param {Range[]} ranges
 * @returns {[number, number]}
 */
export function extent(ranges) {
	return [ranges[0]?.start ?? 0, ranges[ranges.length - 1]?.end ?? 0];
}

/**
 * Where RAM ends: the picture's first view.
 * @param {Range[]} ranges
 */
export function ramEnd(ranges) {
	const last = ranges.filter(r => r.kind !== "hole" && r.kind !== "firmware").pop();
	return last ? last.end : extent(ranges)[1];
}

/**
 * What is mapped one to one: from where to where, on both sides.
 * @param {Range[]} ranges of the virtual gigabyte
 * @returns {{virtual: [number, number], physical: [number, number]} | null}
 */
export function mapped(ranges) {
	const direct = ranges.filter(r => r.mapping && (r.kind === "lowmem" || r.kind === "image"));
	const first = direct[0], last = direct[direct.length - 1];
	if (!first?.mapping || !last)
		return null;
	return { virtual: [first.start, last.end],
		physical: [first.mapping.phys, first.mapping.phys + last.end - first.start] };
}

/**
 * Who made a range what it is. text: how, where that isn't known to the call.
 * @param {Document} doc
 * @param {Range} range
 * @returns {{call: Call, chain: Call[], text: string}}
 */
export function doer(doc, range) {
	const event = range.event === null ? null : doc.events[range.event];
	if (event?.calls[0]) {
		const call = event.calls.find(c => !doc.glue.includes(c.function)) ?? event.calls[0];
		return { call, chain: event.calls, text: "" };
	}
	const stage = doc.stages[range.since];
	if (!stage)
		throw new RangeError(`no stage ${range.since}`);
	return { call: stage.source, chain: [stage.source], text: range.since === 0 ? "by the first stage," :
		stage.when === "after" ? "in or before" : "before" };
}

/**
 * The zones, once there are any.
 * @param {Stage} stage
 * @returns {Part[]}
 */
export function zones(stage) {
	return (stage.state.zones.data ?? []).map(zone => ({ name: zone.name, start: zone.start_pfn * PAGE,
		end: zone.end_pfn * PAGE, why: "zone" }));
}

/**
 * The areas of the virtual gigabyte, once their borders are known.
 * @param {Stage} stage
 * @returns {Part[]}
 */
export function areas(stage) {
	return (stage.state.layout.data?.areas ?? []).filter(area => /^[a-z]/.test(area.name) &&
		area.name !== "hole" && area.name !== "user").sort((a, b) => a.start - b.start);
}

/**
 * @param {Part[]} parts
 * @param {Range} range
 */
export function partOf(parts, range) {
	return parts.find(part => part.start <= range.start && range.start < part.end) ?? null;
}

/**
 * A range's kind as it is shown: what the firmware keeps is told apart, RAM and addresses at which there is none.
 * @param {Range} range
 * @param {Range[]} ranges all of that side
 */
export function shownKind(range, ranges) {
	return range.kind === "firmware" && meaning(range, ranges)?.ram === false ? "devices" : range.kind;
}

/**
 * Kind, as it is shown, to bytes.
 * @param {Range[]} ranges
 */
export function totals(ranges) {
	/** @type {Record<string, number>} */
	const sums = {};
	for (const range of ranges) {
		const kind = shownKind(range, ranges);
		sums[kind] = (sums[kind] ?? 0) + range.end - range.start;
	}
	return sums;
}

/**
 * Owner to bytes.
 * @param {Range[]} ranges
 */
export function owners(ranges) {
	/** @type {Record<string, number>} */
	const sums = {};
	for (const range of ranges)
		if (range.kind !== "hole")
			sums[range.owner] = (sums[range.owner] ?? 0) + range.end - range.start;
	return sums;
}

/**
 * What is called so: names alike but for capitals, underlines and blanks are the same.
 * @param {string} text
 */
export function plain(text) {
	return text.toLowerCase().replace(/[\s_-]+/g, " ").trim();
}

/**
 * Ranges whose owner, or else whose kind, has a name in it.
 * @param {Stage} stage
 * @param {string} name
 * @returns {{which: import("./document").Which, range: Range}[]}
 */
export function called(stage, name) {
	const wanted = plain(name), /** @type {("physical" | "virtual")[]} */ both = ["physical", "virtual"];
	const all = both.flatMap(which => stage[which].map(range => ({ which, range })));
	return [...all.filter(({ range }) => plain(range.owner).includes(wanted)),
		...all.filter(({ which, range }) => !plain(range.owner).includes(wanted) &&
			plain(`${KINDS[which][range.kind]} ${range.why ?? ""}`).includes(wanted))];
}

/**
 * Free blocks as [start, end) in bytes, sorted.
 * @param {FreeLists} freelist
 * @returns {[number, number][]}
 */
export function blocks(freelist) {
	/** @type {[number, number][]} */
	const found = [];
	for (const orders of Object.values(freelist))
		for (const [order, kinds] of Object.entries(orders))
			for (const pfns of Object.values(kinds))
				for (const pfn of pfns)
					found.push([pfn * PAGE, (pfn + 2 ** Number(order)) * PAGE]);
	return found.sort((a, b) => a[0] - b[0]);
}

/**
 * The pieces in which two lists of ranges differ in kind or owner.
 * @param {Range[]} one
 * @param {Range[]} other
 * @returns {[number, number][]}
 */
export function differing(one, other) {
	const borders = [...new Set([...one, ...other].flatMap(r => [r.start, r.end]))].sort((a, b) => a - b);
	/** @type {[number, number][]} */
	const pieces = [];
	borders.slice(1).forEach((end, i) => {
		const start = borders[i] ?? end;
		const a = rangeAt(one, start), b = rangeAt(other, start);
		if (a && b && a.kind === b.kind && a.owner === b.owner)
			return;
		if ((!a || a.kind === "hole") && (!b || b.kind === "hole"))
			return;
		const last = pieces[pieces.length - 1];
		if (last && last[1] === start)
			last[1] = end;
		else
			pieces.push([start, end]);
	});
	return pieces;
}

/**
 * The shortest way from one list of lines to another: [mark, text], mark " ", "-" or "+".
 * @param {string[]} a
 * @param {string[]} b
 * @returns {[string, string][]}
 */
export function lineDifference(a, b) {
	const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
	/** @type {(i: number, j: number) => number} */
	const common = (i, j) => longest[i]?.[j] ?? 0;
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			/** @type {Uint16Array} */ (longest[i])[j] = a[i] === b[j] ? common(i + 1, j + 1) + 1 :
				Math.max(common(i + 1, j), common(i, j + 1));
	/** @type {[string, string][]} */
	const lines = [];
	let i = 0, j = 0;
	while (i < a.length || j < b.length) {
		const left = a[i], right = b[j];
		if (left !== undefined && left === right) {
			lines.push([" ", left]);
			i++;
			j++;
		} else if (left !== undefined && (right === undefined || common(i + 1, j) >= common(i, j + 1))) {
			lines.push(["-", left]);
			i++;
		} else if (right !== undefined) {
			lines.push(["+", right]);
			j++;
		}
	}
	return lines;
}
