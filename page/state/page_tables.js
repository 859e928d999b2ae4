// SPDX-License-Identifier: GPL-2.0-only
// Readers of the page tables: the walk to an address, what is mapped, fixmap, pkmap. An entry is two words: its
// upper one has NX and the upper bits of the address.

import { NotReady, PAGE_SHIFT, PAGE_SIZE } from "./target.js";

/** @typedef {import("./target.js").Target} Target */
/** @typedef {{low: number, high: number}} TableEntry */
/** @typedef {{level: string, index: number, address: number, entry: number, flags: string[]}} WalkStep */

/**
 * The CPU's: three levels of 4, 512 and 512 entries of 8 bytes.
 * @type {[string, number, number][]}
 */
const LEVELS = [["pgd", 30, 4], ["pmd", 21, 512], ["pte", 12, 512]];
const LARGE = 2 ** 21;
const PRESENT = 1, RW = 2, USER = 4, PWT = 8, PCD = 16, PSE = 128, GLOBAL = 256, NX_HIGH = 0x80000000;
/** @type {[number, string][]} */
const FLAGS = [[PRESENT, "present"], [RW, "rw"], [USER, "user"], [PWT, "pwt"], [PCD, "pcd"], [32, "accessed"],
	[64, "dirty"], [PSE, "pse"], [GLOBAL, "global"]];
const CR0_PG = 0x80000000;
const FIXADDR_TOP = 0xfffff000;

/** @param {TableEntry} entry */
function flagNames({ low, high }) {
	const names = FLAGS.filter(([bit]) => low & bit).map(([, name]) => name);
	return high & NX_HIGH ? [...names, "nx"] : names;
}

/**
 * The physical address that an entry leads to.
 * @param {TableEntry} entry
 * @param {number} size of what it maps
 */
export function frame({ low, high }, size = PAGE_SIZE) {
	return (high & 0xfffff) * 2 ** 32 + ((low & -size) >>> 0);
}

/** @param {TableEntry} entry */
function whole({ low, high }) {
	return high * 2 ** 32 + low;
}

/** @param {Target} target */
export function paging(target) {
	return (target.machine.registers().cr0 & CR0_PG) !== 0;
}

/** @param {Target} target */
export function topTable(target) {
	target.requireC();
	return target.toPhys(target.symbol("swapper_pg_dir"));
}

/**
 * A table's entries, two words each: entryAt() takes one out.
 * @param {Target} target
 * @param {number} table its physical address
 * @param {number} count
 */
export function readTable(target, table, count) {
	const bytes = target.phys(table, 8 * count);
	return new Uint32Array(bytes.buffer, bytes.byteOffset, 2 * count);
}

/**
 * @param {Uint32Array} words
 * @param {number} index
 * @returns {TableEntry}
 */
export function entryAt(words, index) {
	return { low: words[2 * index] ?? 0, high: words[2 * index + 1] ?? 0 };
}

/**
 * The numbers of a table's present entries.
 * @param {Uint32Array} words
 */
function presentIn(words) {
	const found = [];
	for (let index = 0; 2 * index < words.length; index++)
		if (/** @type {number} */ (words[2 * index]) & PRESENT)
			found.push(index);
	return found;
}

/**
 * The way through the kernel's tables to a virtual address: each entry on it, and where it leads.
 * @param {Target} target
 * @param {number} address
 */
export function walkTables(target, address) {
	/** @type {WalkStep[]} */
	const steps = [];
	let table = topTable(target);
	for (const [level, shift, count] of LEVELS) {
		const index = address >>> shift & (count - 1);
		const entry = entryAt(readTable(target, table + 8 * index, 1), 0);
		steps.push({ level, index, address: table + 8 * index, entry: whole(entry), flags: flagNames(entry) });
		if (!(entry.low & PRESENT))
			break;
		if (level === "pte" || (level === "pmd" && entry.low & PSE)) {
			const size = 2 ** shift;
			return { virtual: address, paging: paging(target), steps, phys: frame(entry, size) + address % size, size };
		}
		table = frame(entry);
	}
	return { virtual: address, paging: paging(target), steps, phys: null, size: null };
}

/**
 * Every present entry that maps, lowest address first.
 * @param {Target} target
 * @param {number} lowest what lies below this address is left out, as far as whole tables do
 * @returns {Generator<{address: number, size: number, entry: TableEntry}, void>}
 */
function* mappings(target, lowest = 0) {
	const tops = readTable(target, topTable(target), 4);
	for (const number of presentIn(tops)) {
		const middles = readTable(target, frame(entryAt(tops, number)), 512);
		for (const index of presentIn(middles)) {
			const address = number * 2 ** 30 + index * LARGE, middle = entryAt(middles, index);
			if (address + LARGE <= lowest)
				continue;
			if (middle.low & PSE) {
				yield { address, size: LARGE, entry: middle };
				continue;
			}
			const entries = readTable(target, frame(middle), 512);
			for (const slot of presentIn(entries))
				yield { address: address + slot * PAGE_SIZE, size: PAGE_SIZE, entry: entryAt(entries, slot) };
		}
	}
}

/** @param {Target} target */
export function pgtable(target) {
	/** @type {import("./ranges.js").Mapped[]} */
	const ranges = [];
	let key = "";
	for (const { address, size, entry } of mappings(target)) {
		const phys = frame(entry, size), { low, high } = entry;
		const alike = `${size} ${low & (RW | USER | PWT | PCD | GLOBAL)} ${high & NX_HIGH}`;
		const last = ranges.at(-1);
		if (last && alike === key && last.end === address && last.phys + address - last.start === phys) {
			last.end = address + size;
			continue;
		}
		key = alike;
		ranges.push({ start: address, end: address + size, phys, write: Boolean(low & RW),
			execute: !(high & NX_HIGH), user: Boolean(low & USER), global: Boolean(low & GLOBAL),
			cache: !(low & PCD), page: size });
	}
	return ranges;
}

/** @param {Target} target */
export function kernelLayout(target) {
	target.requireC();
	return target.value("kernel_layout");
}

/**
 * Index to name, of every fixed page. Those of the boot alone begin at `firstOfBoot`.
 * @param {Target} target
 * @param {number} firstOfBoot
 */
function fixmapNames(target, firstOfBoot) {
	/** @type {(name: string) => number} */
	const fixed = name => target.enumeration("fixed_addresses")[name] ?? 0;
	/** @type {Map<number, string>} */
	const names = new Map();
	for (const [name, index] of Object.entries(target.enumeration("fixed_addresses")))
		if (!name.startsWith("__") && index < fixed("FIX_BTMAP_END") && !names.has(index))
			names.set(index, name);
	for (const [name, index] of Object.entries(target.enumeration("km_type")))
		if (name !== "KM_TYPE_NR")
			names.set(fixed("FIX_KMAP_BEGIN") + index, `FIX_KMAP_BEGIN + ${name}`);
	const count = fixed("FIX_BTMAP_BEGIN") - fixed("FIX_BTMAP_END") + 1;
	for (let index = 0; index < count; index++)
		names.set(firstOfBoot + index, `FIX_BTMAP_BEGIN - ${count - 1 - index}`);
	names.set(firstOfBoot + count, "FIX_WP_TEST");
	return names;
}

/** @param {Target} target */
export function fixmap(target) {
	topTable(target);
	const { fixaddr_start: start, fixaddr_boot_start: lowest } = kernelLayout(target);
	const fixed = target.enumeration("fixed_addresses");
	const ofBoot = (fixed.__end_of_fixed_addresses ?? 0) - (fixed.FIX_BTMAP_END ?? 0);
	const names = fixmapNames(target, ((FIXADDR_TOP - lowest) >>> PAGE_SHIFT) - ofBoot);
	/** @type {Map<number, TableEntry>} */
	const byPage = new Map();
	for (const { address, size, entry } of mappings(target, lowest))
		if (address >= lowest && size === PAGE_SIZE)
			byPage.set(address, entry);
	const pages = [...names].sort((a, b) => a[0] - b[0]).map(([index, name]) => {
		const address = FIXADDR_TOP - index * PAGE_SIZE, entry = byPage.get(address);
		return { index, name, address, phys: entry ? frame(entry) : null, flags: entry ? flagNames(entry) : [] };
	});
	return { top: FIXADDR_TOP, start, boot_start: lowest, pages };
}

/** @param {Target} target */
export function pkmap(target) {
	target.requireC();
	const table = target.value("pkmap_page_table");
	if (!table)
		throw new NotReady("permanent_kmaps_init");
	const { pkmap_base: base, pkmap_end: end } = kernelLayout(target), counts = target.value("pkmap_count");
	const count = Math.min((end - base) >>> PAGE_SHIFT, counts.length);
	const words = readTable(target, target.toPhys(table), count);
	const used = Array.from({ length: count }, (_, index) => ({ index, entry: entryAt(words, index) }))
		.filter(({ index, entry }) => counts[index] || whole(entry)).map(({ index, entry }) => ({ index,
			address: base + index * PAGE_SIZE, count: counts[index],
			pfn: entry.low & PRESENT ? frame(entry) / PAGE_SIZE : null, flags: flagNames(entry) }));
	return { base, windows: count, last: target.value("last_pkmap_nr"), used };
}
