// SPDX-License-Identifier: GPL-2.0-only
// Readers of the rest: the CPU, the log, the borders of memory and what has set them, the virtual address space,
// the slabs.

import { kernelLayout, paging } from "./page_tables.js";
import { NotReady } from "./target.js";

/** @typedef {import("./target.js").Target} Target */

const CR4_PAE = 1 << 5, EFER_NX = 1 << 11;

/** @param {Target} target */
export function machineState(target) {
	const { cr4, efer } = target.machine.registers(), loaded = target.isLoaded();
	const inC = loaded && target.word(target.symbol("_brk_end")) !== 0;
	return { loaded, in_c: inC, init_sections: loaded ? !target.initIsGone() : null,
		boot_allocator: inC ? target.bootAllocator() : null, paging: paging(target),
		pae: Boolean(cr4 & CR4_PAE), nx: Boolean(efer & EFER_NX) };
}

/** @param {Target} target */
export function dmesg(target) {
	target.requireC();
	const first = target.value("log_start"), last = target.value("log_end");
	if (!last)
		throw new NotReady("printk");
	const [buffer, kind] = target.find("log_buf"), ring = target.read(buffer, kind.size);
	let text = "";
	for (let at = first; at !== last; at = (at + 1) >>> 0)
		text += String.fromCharCode(ring[at % kind.size] ?? 0);
	if (first)
		text = text.includes("\n") ? text.slice(text.indexOf("\n") + 1) : "";
	const lines = text.split("\n");
	if (!lines.at(-1))
		lines.pop();
	return lines.map(line => /^<[0-9]>/.test(line) ? { level: Number(line[1]), text: line.slice(3) } :
		{ level: null, text: line });
}

/** The functions that set the borders. */
const BORDERS = { max_pfn: "e820_end_of_ram_pfn", max_low_pfn: "find_low_pfn_range",
	highstart_pfn: "initmem_init", highend_pfn: "initmem_init", max_mapnr: "initmem_init",
	totalram_pages: "mem_init", vm_total_pages: "build_all_zonelists",
	totalreserve_pages: "setup_per_zone_wmarks" };

/** @param {Target} target */
export function borders(target) {
	target.requireC();
	/** @type {Record<string, {value: number | null, needs: string}>} */
	const found = {};
	for (const [name, needs] of Object.entries(BORDERS))
		found[name] = { value: target.value(name) || null, needs };
	found.max_pfn_mapped = { value: target.word(target.symbol("max_pfn_mapped")), needs: "build_page_tables" };
	return found;
}

/**
 * One record of what has set a border, or null where nothing is decided.
 * @param {Target} target
 * @param {any} border a struct border
 * @param {Map<number, string>} kinds
 */
function borderStep(target, border, kinds) {
	const kind = kinds.get(border.kind), { value, why, lost } = border;
	if (!(kind === "BORDER_TEXT" ? why : kind === "BORDER_CUT" ? lost : value))
		return null;
	return { what: target.string(border.what), why,
		pfn: kind === "BORDER_PFN" || kind === "BORDER_CUT" ? value : null,
		bytes: kind === "BORDER_BYTES" ? value : null, pages: kind === "BORDER_CUT" ? lost : null };
}

/**
 * Step by step: where RAM ends, what vmalloc needs, where low memory ends.
 * @param {Target} target
 */
export function derivation(target) {
	if (!target.value("max_low_pfn"))
		throw new NotReady("find_low_pfn_range");
	const kinds = new Map(Object.entries(target.enumeration("border_kind")).map(([name, value]) => [value, name]));
	const steps = target.value("borders").map((/** @type {number} */ address) =>
		borderStep(target, target.at("border", address), kinds));
	const vmalloc = target.value("border_vmalloc");
	return { steps: steps.filter(Boolean), vmalloc_reserve: vmalloc.value, vmalloc_why: vmalloc.why,
		maxmem_end: kernelLayout(target).maxmem_end, page_offset: target.pageOffset };
}

/**
 * Those steps that cut RAM off: it is not in the balance.
 * @param {Target} target
 */
export function notUsed(target) {
	return target.value("max_low_pfn") ? derivation(target).steps.filter((/** @type {any} */ step) => step.pages) : [];
}

/** @param {Target} target */
function addressSpace(target) {
	return target.value("layout_ranges").map((/** @type {any} */ found) => ({ name: target.string(found.name),
		start: found.start, end: found.end || 2 ** 32, why: target.string(found.what) }));
}

/**
 * The image's sections: known before the rest.
 * @param {Target} target
 */
export function imageAreas(target) {
	return addressSpace(target).filter((/** @type {any} */ area) => area.name.startsWith(" "));
}

/** @param {Target} target */
export function virtualLayout(target) {
	target.requireC();
	const steps = derivation(target), areas = addressSpace(target);
	if (!areas[0].start)
		throw new NotReady("initmem_init");
	return { areas, derivation: steps };
}

/** @param {Target} target */
export function slabinfo(target) {
	target.requireC();
	if (!target.value("g_cpucache_up"))
		throw new NotReady("kmem_cache_init");
	const inuse = target.type("slab").offset("inuse"), list3 = target.type("kmem_list3");
	const found = [];
	for (const entry of target.walk(target.find("cache_chain")[0])) {
		const address = entry - target.type("kmem_cache").offset("next");
		const cache = target.at("kmem_cache", address), lists = cache.nodelists[0];
		/** @type {(name: string) => number[]} */
		const slabs = name => [...target.walk(lists + list3.offset(`slabs_${name}`))]
			.map(slab => target.word(slab + inuse));
		const full = slabs("full"), partial = slabs("partial"), free = slabs("free");
		const all = [...full, ...partial, ...free];
		found.push({
			name: target.string(cache.name), address, active_objs: all.reduce((sum, n) => sum + n, 0),
			active_slabs: full.length + partial.length, num_slabs: all.length,
			lists: { full: full.length, partial: partial.length, free: free.length },
			free_objects: target.at("kmem_list3", lists).free_objects,
			num_objs: all.length * cache.num, objsize: cache.buffer_size, user_size: cache.obj_size,
			objperslab: cache.num, pagesperslab: 2 ** cache.gfporder, limit: cache.limit,
			batchcount: cache.batchcount, shared: cache.shared,
			at_hand: cache.array ? target.at("array_cache", cache.array).avail : 0 });
	}
	return found;
}
