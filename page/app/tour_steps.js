// SPDX-License-Identifier: GPL-2.0-only
// The guided tour: each step has a machine, a moment, something that is shown, a few sentences, and a question. No
// number in a text is typed in where the machine's memory has it: texts and answers are made of a stage's state.

import { size } from "../../scripts/report/words.js";
import { page } from "../state/pages.js";
import { read } from "../state/read.js";
import { Target } from "../state/target.js";

/** @typedef {Record<string, any>} State reader to {data} or {missing} */

/**
 * A step. find: what is searched and so highlighted. answer: the number that is asked for, or, where there are
 * many right ones, whether a number is one of them.
 * @typedef {object} Step
 * @property {string} title
 * @property {Partial<import("./configuration.js").Configuration>} machine what differs from a PC with 2 GiB
 * @property {string} at
 * @property {string} [find]
 * @property {(state: State) => string[]} text paragraphs
 * @property {string} ask
 * @property {(state: State) => number} [answer]
 * @property {(given: number, machine: import("../state/target.js").Memory, state: State) => boolean} [accept]
 * @property {string} hint
 */

const PAGE = 4096, MIB = 2 ** 20;

/** @param {number} n */
function grouped(n) {
	return n.toLocaleString("en").replaceAll(",", "\u202f");
}

/**
 * @param {State} state
 * @param {string} reader
 */
function data(state, reader) {
	return state[reader]?.data;
}

/**
 * @param {State} state
 * @param {string} name
 */
function border(state, name) {
	return data(state, "borders")[name].value;
}

/**
 * @param {State} state
 * @param {string} name
 */
function zone(state, name) {
	return data(state, "zones").find((/** @type {any} */ z) => z.name === name);
}

/**
 * @param {State} state
 * @param {string} name
 */
function owner(state, name) {
	return data(state, "owners").find((/** @type {any} */ o) => o.name === name);
}

/**
 * The bytes of an owner, in whole pages.
 * @param {State} state
 * @param {string} name
 */
function ownerPages(state, name) {
	const { start, end } = owner(state, name);
	return Math.ceil(end / PAGE) - Math.floor(start / PAGE);
}

/** @type {Step[]} */
export const STEPS = [
	{ title: "Before the first instruction", machine: {}, at: "loaded", find: "phys 0x1000000",
		text: () => ["A machine with 2 GiB. The boot loader has put the kernel's image into memory and is about to jump into " +
			"it. Paging is off: addresses are physical ones. The kernel knows nothing yet, not even how much memory " +
			"there is, so all the rest of the picture is unknown.",
			"The image lies high enough to leave the first 16 MiB, which old devices need, to others."],
		ask: "At which physical address does the image begin?", answer: () => 0x1000000,
		hint: "The one range with a name in the left column begins there; a click on it says its first address." },
	{ title: "What the firmware says", machine: {}, at: "raw-map",
		text: state => ["How does a kernel learn where there is RAM? The firmware has a list, called e820: ranges of physical " +
			"addresses, each with a type. The loader hands it over, and here it has just been copied, as raw as it came.",
			`It has ${data(state, "raw_e820").entries.length} ranges. RAM is blue. What the firmware keeps for itself or for ` +
			"devices is orange; what no range names is hatched: there is nothing, or nothing that may be used."],
		ask: "How many of the ranges are RAM that may be used?",
		answer: state => data(state, "raw_e820").entries.filter((/** @type {any} */ e) => e.type === 1).length,
		hint: "Open the tables of all ranges below, or look for blue in the left column: one piece is below 640 KiB." },
	{ title: "Where RAM ends", machine: {}, at: "trimmed",
		text: () => ["The map has been sorted, what the user wants (mem=, memmap=) has been obeyed, and the first page and the " +
			"BIOS's area from 640 KiB to 1 MiB have been taken out. Memory is counted in page frames from now on, pieces of " +
			"4096 bytes, numbered from 0.", "One number is known now, on which everything else depends: max_pfn, the page " +
			"frame after the last RAM. The log says it, as last_pfn."],
		ask: "What is max_pfn on this machine?", answer: state => border(state, "max_pfn"),
		hint: "The log's line last_pfn = 0x... has it. Hexadecimal (with 0x) or decimal, both will do." },
	{ title: "Why 891 MB", machine: {}, at: "low-limit",
		text: state => ["The kernel has one gigabyte of virtual addresses, from 0xc0000000 to the end. It wants to see RAM there, " +
			"one to one, but not only RAM: at the top are the fixed pages and the windows of kmap(), and vmalloc() is to have " +
			`${size(data(state, "layout")?.derivation?.vmalloc_reserve ?? 128 * MIB)}. What is left is the most that low memory ` +
			"can be. The log rounds down: 891MB.", "RAM above it is high memory: the kernel can use it, but has no address for it."],
		ask: "How many page frames of low memory are there at most?", answer: state => border(state, "max_low_pfn"),
		hint: "See “Where low memory ends, and why” below: the last line of the first table, under Pages." },
	{ title: "One to one", machine: {}, at: "mapped", find: "virt 0xc1000000",
		text: () => ["init_memory_mapping() has filled page tables: all low memory can be seen in the kernel's gigabyte, each " +
			"address at a fixed distance. The pale band between the columns shows it. Most of it is mapped in pages of 2 MiB: " +
			"fewer entries, fewer misses.", "So the kernel gets from a physical address to its own by adding one number. That " +
			"is all that __va() does."],
		ask: "At which virtual address does the kernel see physical address 0x2000000?", answer: () => 0xc2000000,
		hint: "The image's first byte, physical 0x1000000, is at 0xc1000000. Add as much." },
	{ title: "Who has what already", machine: {}, at: "reserved", find: "TEXT DATA BSS",
		text: () => ["There is no allocator yet, but some memory is taken: the image, the BIOS's data, the page tables of the step " +
			"before. All stands in a table of early reservations, with names. Whatever allocates next must read it first, or it " +
			"would hand out the kernel itself."],
		ask: "How many early reservations are there?", answer: state => data(state, "early_res").entries.length,
		hint: "Count the orange pieces in the left column; zoom in below 1 MiB and at 16 MiB. Or, when the next step has come, in the " +
			"log: (N/32 early reservations), without the bitmap, which is new by then." },
	{ title: "A bit for each page frame", machine: {}, at: "boot-allocator", find: "BOOTMAP",
		text: state => ["The first allocator is bootmem: one bit for each page frame of low memory, 1 for reserved. It is simple, and " +
			"needs no memory but the bitmap, which lies in the first hole that was large enough.",
			`The bitmap covers page frames ${data(state, "bootmem").start_pfn} to ` +
			`${grouped(data(state, "bootmem").end_pfn)}; high memory is not in it.`],
		ask: "How many bytes does the bitmap need?",
		answer: state => Math.ceil((data(state, "bootmem").end_pfn - data(state, "bootmem").start_pfn) / 8),
		hint: "A byte has eight bits. The number of page frames is the end of low memory. (Rounded up to whole words it is the " +
			"same or up to 3 more, which will do too.)",
		accept: (given, _machine, state) => {
			const bytes = Math.ceil((data(state, "bootmem").end_pfn - data(state, "bootmem").start_pfn) / 8);
			return given >= bytes && given <= bytes + 3;
		} },
	{ title: "Three zones, and why DMA starts at 1", machine: {}, at: "zones", find: "zone DMA",
		text: state => ["Not every page serves every purpose. ISA devices reach the first 16 MiB only: zone DMA. The rest of low memory " +
			"is zone Normal. What lies above is zone HighMem.", "Zone DMA does not start at 0. The first page frame was taken " +
			"out of the map earlier (the BIOS keeps its interrupt table there), so the first RAM is page frame " +
			`${zone(state, "DMA").start_pfn}, and a zone begins where RAM does.`],
		ask: "How many page frames does zone DMA span?", answer: state => zone(state, "DMA").spanned,
		hint: "From its first page frame to 4096, the first of zone Normal." },
	{ title: "What mem_map costs", machine: {}, at: "zones", find: "mem_map",
		text: () => ["For each page frame, also those of high memory and of the holes, the kernel keeps a struct page of 32 bytes: who uses " +
			"it, which flags it has. All of them lie in one array, mem_map, and that array must lie in low memory.",
			"One 128th of memory: not much, here."],
		ask: "How many pages does mem_map take, rounded up to whole ones?", answer: state => ownerPages(state, "mem_map"),
		hint: "max_pfn times 32 bytes, divided by 4096; if it doesn't begin at a page's first byte, one more is touched. Click on " +
			"mem_map in the map." },
	{ title: "mem_map at 64 GiB", machine: { machine: "pc-65536M" }, at: "zones", find: "mem_map",
		text: state => [`The same kernel with the memory map of a machine of 64 GiB. mem_map has ${grouped(border(state, "max_pfn"))} entries now ` +
			`and takes ${size(owner(state, "mem_map").end - owner(state, "mem_map").start)} of low memory, which is still 891 MB. That is why ` +
			"32-bit kernels could in theory use 64 GiB and in practice hardly did: what describes high memory eats low memory.",
			"(The machine in this page has less RAM than its map says. What is above has struct pages, but nobody looks into it.)"],
		ask: "How many bytes does mem_map take?", answer: state => border(state, "max_pfn") * 32,
		hint: "32 bytes for each of 2 to the power of 24 page frames." },
	{ title: "Where the fourth gigabyte goes", machine: { ram: 4096 }, at: "zones",
		text: state => ["A machine with 4 GiB. Below 4 GiB of addresses devices need room: the PCI hole. So the firmware puts the RAM that would " +
			"lie there above 4 GiB. A processor without PAE would never see it; this kernel has PAE, and does.",
			`max_pfn is ${grouped(border(state, "max_pfn"))} here: more than 4 GiB of addresses, because the hole is counted as well. Its struct ` +
			"pages exist, and are never free."],
		ask: "At which physical address does RAM end, as a hexadecimal number?",
		answer: state => border(state, "max_pfn") * PAGE,
		hint: "The top of the left column; or last_pfn with three more zeros." },
	{ title: "What becomes of the bitmap", machine: {}, at: "buddy", find: "free",
		text: state => ["mem_init() ends the boot allocator. Every page frame whose bit is 0 is given to the buddy allocator, then all high " +
			"memory; at last the pages of the bitmap itself. The map turns green: from now on there are free pages.",
			`The buddy allocator has ${grouped(data(state, "balance").free)} of them, as blocks of 1, 2, 4 ... 1024 pages. In the table of free ` +
			"blocks most pages are at the right, in the largest: neighbours have joined."],
		ask: "How many blocks of order 10, of all types, has zone HighMem?",
		answer: state => data(state, "buddyinfo").HighMem[10],
		hint: "Free blocks by order, zone HighMem, column 10." },
	{ title: "What the Memory: line adds up to", machine: {}, at: "buddy",
		text: state => ["“Memory: ...k/...k available (... reserved ...)” is the first line that many people know of a boot. Its first number is what is " +
			"free, its second max_pfn in kB. Between the two lie the image, mem_map, the hash tables, and the holes.",
			"The balance sheet below has every page frame exactly once: free, reserved, mem_map, no RAM. " +
			`It adds up to ${grouped(data(state, "balance").max_pfn)}.`],
		ask: "How many kB does the Memory: line call available?", answer: state => data(state, "balance").free * 4,
		hint: "It is the first number of that line of the log." },
	{ title: "A block is split", machine: {}, at: "now",
		text: () => ["The boot is over, and the memory manager is yours. Type alloc 3 highuser into the terminal (or click on the command): eight pages " +
			"of high memory. Look at the free blocks of zone HighMem before and after: a block was taken, and if it was larger than eight pages, its halves " +
			"went to the smaller lists.", "free with the page frame's number gives them back: then the halves find each other again."],
		ask: "Which page frame were you given?",
		accept: (given, machine) => {
			const found = read(new Target(machine), target => page(target, given)).data;
			return found?.use?.startsWith("in use, 1 reference") === true && found.zone === "HighMem";
		},
		hint: "The answer of the command begins with it: page frame N, order 3." },
	{ title: "A window to high memory", machine: {}, at: "now", find: "pkmap",
		text: () => ["High memory has no address. To look into a page of it the kernel makes a window: kmap() takes one of the slots of the area pkmap and writes " +
			"the page's frame into its page table entry.", "Type kmap and the number of a page frame above 228350, for instance kmap 300000. kunmap gives the window " +
			"back; for the short time of an interrupt there is kmap_atomic with slots of its own in the fixed pages."],
		ask: "At which virtual address is the window?",
		accept: (given, _machine, state) => (data(state, "pkmap")?.used ?? []).some((/** @type {any} */ window) =>
			window.address === given && window.pfn !== null),
		hint: "The command says it: slot N at ffc0N000. It is a hexadecimal number: begin with 0x." },
	{ title: "Addresses in a row", machine: {}, at: "now", find: "vmalloc",
		text: () => ["kmalloc() gives memory that lies in a row, physically too, so large pieces become rare. vmalloc() takes single pages from wherever they are and maps " +
			"them one after the other, between the end of low memory and pkmap, with a page that is not mapped after each piece to catch those who go too far.",
			"Type vmalloc 65536, and search for the address that you are given: below stands the way through the page tables to its first page."],
		ask: "Which address were you given?",
		accept: (given, _machine, state) => {
			const area = data(state, "layout")?.areas.find((/** @type {any} */ a) => a.name === "vmalloc");
			return area && given >= area.start && given < area.end &&
				data(state, "pgtable").some((/** @type {any} */ m) => m.start <= given && given < m.end);
		},
		hint: "A hexadecimal number: begin with 0x." },
	{ title: "Another boot allocator", machine: { alloc: "memblock" }, at: "boot-allocator", find: "TEXT DATA BSS",
		text: state => ["The same machine, booted as Linux does since 2.6.38. memblock has no bitmap: two lists of ranges, what is memory and what of it is reserved. " +
			"It knows high memory as well, to the byte, and needs no memory that grows with the machine.",
			`Here ${data(state, "memblock").memory.regions.length} regions are memory. The machine chooser above can compare both allocators side by side.`],
		ask: "How many regions are reserved?", answer: state => data(state, "memblock").reserved.regions.length,
		hint: "Count the orange pieces in the left column; zoom in below 1 MiB and at 16 MiB. Neighbours that touch are one region." },
	{ title: "Not executable, if it could", machine: {}, at: "end", find: ".text",
		text: () => ["At its end the boot makes text and constants read-only: a stray pointer can't change them any more. Data could be made not executable in the same way, " +
			"by the bit NX of a page table entry, which needs PAE. This page's processor has no NX, and the log says so near its beginning; on one that has it, everything " +
			"but the image's text is marked.", "Click on .text or .data in the right column (zoom to the image): the permissions stand beside it."],
		ask: "At which virtual address does what can't be written begin?",
		answer: state => data(state, "pgtable").find((/** @type {any} */ m) => !m.write)?.start,
		hint: "Zoom to the image in the right column, and click on its pieces until one is read-only. Hexadecimal: begin with 0x." },
];
