// SPDX-License-Identifier: GPL-2.0-only
// What is known, and questions about it: no drawing here.
"use strict";

const PAGE = 4096;
const UNITS = [["TiB", 2 ** 40], ["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]];

const KINDS = {
	physical: {
		"free": "free page frames", "ram": "RAM, not given to anybody yet",
		"kept": "reserved or allocated by the boot", "memmap": "mem_map, a struct page for each frame",
		"in use": "handed out by the page allocator", "firmware": "reserved by the firmware or the user",
		"hole": "no memory, or not used",
	},
	virtual: {
		"lowmem": "low memory, mapped one to one", "image": "the kernel's image",
		"vmalloc": "vmalloc area", "pkmap": "windows of kmap()", "fixmap": "fixed pages",
		"hole": "nothing",
	},
};
const COLUMN_NAMES = { physical: "Physical memory", virtual: "Virtual gigabyte" };

function hex(n, digits = 8) {
	return "0x" + n.toString(16).padStart(digits, "0");
}

function grouped(n) {
	return String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

// A size as people say it, rounded down to two decimals: 891.99 MiB are not 892.
function size(bytes) {
	for (const [unit, value] of UNITS)
		if (bytes >= value) {
			return Math.floor(bytes / value * 100) / 100 + " " + unit;
		}
	return bytes + " bytes";
}

function place(call) {
	return call && call.file ? `${call.file}:${call.line}` : "";
}

// The range of a sorted list without gaps in which an address lies.
function rangeAt(ranges, address) {
	let low = 0, high = ranges.length - 1;
	while (low <= high) {
		const middle = (low + high) >> 1, range = ranges[middle];
		if (address < range.start)
			high = middle - 1;
		else if (address >= range.end)
			low = middle + 1;
		else
			return range;
	}
	return null;
}

function extent(ranges) {
	return [ranges[0].start, ranges[ranges.length - 1].end];
}

// Where RAM ends: the picture's first view.
function ramEnd(ranges) {
	const last = ranges.filter(r => r.kind !== "hole" && r.kind !== "firmware").pop();
	return last ? last.end : extent(ranges)[1];
}

function mapped(ranges) {
	const direct = ranges.filter(r => r.mapping && (r.kind === "lowmem" || r.kind === "image"));
	if (!direct.length)
		return null;
	const first = direct[0], last = direct[direct.length - 1];
	return { virtual: [first.start, last.end],
		physical: [first.mapping.phys, last.mapping.phys + last.end - last.start] };
}

// Who made a range what it is: {call, chain, text}.
function doer(doc, stages, range) {
	const event = range.event === null || range.event === undefined ? null : doc.events[range.event];
	if (event) {
		const chain = event.calls.filter(call => !doc.glue.includes(call.function));
		return { call: chain[0] || event.calls[0], chain: event.calls, what: event.kind };
	}
	const stage = stages[range.since];
	const call = { function: stage.function, ...stage.source };
	if (range.since === 0)
		return { call, chain: [call], what: "found", text: "by the first stage," };
	return { call, chain: [call], what: stage.when,
		text: stage.when === "after" ? "in or before" : "before" };
}

// What an input line asks for: a list of {column, address} or {owner}.
function understand(text, virtualStart) {
	const word = text.trim();
	let match = word.match(/^pfn\s*[:=]?\s*(0x[0-9a-f]+|\d+)$/i) || word.match(/^(\d{1,8})$/);
	if (match) {
		const pfn = Number(match[1]);
		return { what: `page frame ${grouped(pfn)} (${hex(pfn)})`, places: [{ column: "physical", address: pfn * PAGE }] };
	}
	match = word.match(/^(phys|virt|p|v)?\s*:?\s*(?:0x([0-9a-f]{1,12})|([0-9a-f]*[a-f][0-9a-f]*|[0-9]{9,}))$/i);
	if (match) {
		const address = parseInt(match[2] || match[3], 16), side = (match[1] || "").toLowerCase()[0];
		const places = [];
		if (address >= virtualStart && address < 2 ** 32 && side !== "p")
			places.push({ column: "virtual", address });
		if (side !== "v")
			places.push({ column: "physical", address });
		return { what: `address ${hex(address)}`, places };
	}
	return { what: `owner “${word}”`, owner: word.toLowerCase() };
}

// The ranges that answer; the first one is the best.
function find(stage, text) {
	const asked = understand(text, stage.virtual[0].start), found = [];
	const add = (column, range, address) => range && found.push({ column, range, address });
	for (const where of asked.places || []) {
		const range = rangeAt(stage[where.column], where.address);
		add(where.column, range, where.address);
		if (where.column === "virtual" && range && range.mapping) {
			const phys = range.mapping.phys + where.address - range.start;
			add("physical", rangeAt(stage.physical, phys), phys);
		}
	}
	if (asked.owner)
		for (const column of ["physical", "virtual"])
			for (const range of stage[column])
				if (range.owner.toLowerCase().includes(asked.owner))
					add(column, range, range.start);
	const unique = found.filter((f, i) => found.findIndex(g => g.range === f.range) === i);
	return { what: asked.what, found: unique };
}

function totals(ranges) {
	const sums = {};
	for (const range of ranges)
		sums[range.kind] = (sums[range.kind] || 0) + range.end - range.start;
	return sums;
}

function owners(ranges) {
	const sums = {};
	for (const range of ranges)
		if (range.kind !== "hole")
			sums[range.owner] = (sums[range.owner] || 0) + range.end - range.start;
	return sums;
}

// Free blocks as [start, end) in bytes, sorted.
function blocks(freelist) {
	const found = [];
	for (const orders of Object.values(freelist || {}))
		for (const [order, kinds] of Object.entries(orders))
			for (const pfns of Object.values(kinds))
				for (const pfn of pfns)
					found.push([pfn * PAGE, (pfn + 2 ** order) * PAGE]);
	return found.sort((a, b) => a[0] - b[0]);
}

// The pieces in which two lists of ranges differ in kind or owner.
function differing(one, other) {
	const borders = [...new Set([...one, ...other].flatMap(r => [r.start, r.end]))].sort((a, b) => a - b);
	const pieces = [];
	for (let i = 0; i + 1 < borders.length; i++) {
		const a = rangeAt(one, borders[i]), b = rangeAt(other, borders[i]);
		if (a && b && a.kind === b.kind && a.owner === b.owner)
			continue;
		if ((!a || a.kind === "hole") && (!b || b.kind === "hole"))
			continue;
		const last = pieces[pieces.length - 1];
		if (last && last[1] === borders[i])
			last[1] = borders[i + 1];
		else
			pieces.push([borders[i], borders[i + 1]]);
	}
	return pieces;
}

// The shortest way from one list of lines to another: [mark, text], mark " ", "-" or "+".
function lineDifference(a, b) {
	const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			longest[i][j] = a[i] === b[j] ? longest[i + 1][j + 1] + 1 :
				Math.max(longest[i + 1][j], longest[i][j + 1]);
	const lines = [];
	let i = 0, j = 0;
	while (i < a.length || j < b.length)
		if (i < a.length && j < b.length && a[i] === b[j]) {
			lines.push([" ", a[i++]]);
			j++;
		} else if (j >= b.length || (i < a.length && longest[i + 1][j] >= longest[i][j + 1])) {
			lines.push(["-", a[i++]]);
		} else {
			lines.push(["+", b[j++]]);
		}
	return lines;
}
