// SPDX-License-Identifier: GPL-2.0-only
// A page frame's history in sentences: scripts/memdawn/state/why.py, and the kernel's own command why.

import * as boot from "./boot_memory.js";
import { entryAt, frame, readTable, topTable, walkTables } from "./page_tables.js";
import { MemMap, ZONES_PGSHIFT, freeBlockOf, freeLists, pcpLists, pfnUp, pkmapAddress } from "./pages.js";
import { Missing, NotReady, PAGE_SIZE } from "./target.js";

/** @typedef {import("./target.js").Target} Target */
/** @typedef {{name: string, start: number, end: number}} Owner */
/** @typedef {Record<string, Record<string, number[]>>} Lists order to type to first page frames of blocks */
/** @typedef {ReturnType<typeof pcpLists>} Pcp */

const SOURCE = "src/monitor/commands_why.c", BUDDY = "src/mm/page_alloc/buddy.c";
const ORDERS = 11, PRESENT = 1, PSE = 128;

/**
 * @param {number} value
 * @param {number} digits
 */
function digits16(value, digits) {
	return value.toString(16).padStart(digits, "0");
}

/**
 * Has a range of bytes a part of a page frame?
 * @param {{start: number, end: number}} range
 * @param {number} pfn
 */
function overlaps({ start, end }, pfn) {
	return start < (pfn + 1) * PAGE_SIZE && end > pfn * PAGE_SIZE;
}

/**
 * Has a range of bytes all of it?
 * @param {{start: number, end: number}} range
 * @param {number} pfn
 */
function covers({ start, end }, pfn) {
	return start <= pfn * PAGE_SIZE && end >= (pfn + 1) * PAGE_SIZE;
}

// --- the memory map ---

/**
 * What a map calls a frame, a sentence for each entry that has a part of it.
 * @param {any[]} entries
 * @param {number} pfn
 * @param {string} whose
 */
function mapSentences(entries, pfn, whose) {
	const told = entries.filter(entry => overlaps(entry, pfn)).map(entry =>
		`${whose} calls ${covers(entry, pfn) ? "it" : "a part of it"} ${entry.name}: ` +
		`${digits16(entry.start, 16)} - ${digits16(entry.end, 16)}.`);
	return told.length ? told : [`${whose} has nothing there: a hole.`];
}

/**
 * What the boot did to a frame that had these types.
 * @param {Target} target
 * @param {number} pfn
 * @param {Set<number>} types
 */
function changes(target, pfn, types) {
	const told = [], count = target.value("nr_e820_changes"), table = target.value("e820_changes");
	for (const { range, from, to, how } of table.slice(0, count)) {
		if (!overlaps(range, pfn) || (from && !types.has(Math.min(from, 31))))
			continue;
		if (covers(range, pfn)) {
			if (from)
				types.delete(from);
			else if (!to)
				types.clear();
		}
		if (to)
			types.add(to);
		told.push(`Then ${how}.`);
	}
	if (count > table.length)
		told.push(`${count - table.length} more changes of the map were not kept: the log has them.`);
	return told;
}

/**
 * The maps, and the way from one to the other.
 * @param {Target} target
 * @param {number} pfn
 */
function firmware(target, pfn) {
	const { firmware: given, used } = boot.e820(target);
	const types = new Set(given.filter(entry => overlaps(entry, pfn)).map(entry => Math.min(entry.type, 31)));
	const told = changes(target, pfn, types), source = target.string(target.value("e820_source"));
	return [...mapSentences(given, pfn, source), ...told,
		...told.length ? mapSentences(used, pfn, "The kernel's map") : []];
}

/**
 * A frame without a struct page, because RAM ends below it.
 * @param {Target} target
 * @param {number} pfn
 * @param {number} maxPfn
 */
function aboveMaxPfn(target, pfn, maxPfn) {
	const cut = target.enumeration("border_kind").BORDER_CUT;
	const told = [`It lies above RAM's end, max_pfn ${maxPfn}: it has no struct page and isn't used.`];
	for (const address of target.value("borders")) {
		const { kind, lost, value, before, why: reason } = target.at("border", address);
		if (kind === cut && lost && value <= pfn && pfn < before)
			told.push(`RAM from page frame ${value} on was cut off, ${reason}.`);
	}
	return told;
}

/**
 * The sentences about RAM; null where it is none.
 * @param {Target} target
 * @param {number} pfn
 */
function ram(target, pfn) {
	/** @type {(range: {start_pfn: number, end_pfn: number}) => boolean} */
	const inside = range => range.start_pfn <= pfn && pfn < range.end_pfn;
	const found = boot.nodeMap(target).find(inside);
	if (!found)
		return null;
	const told = [`It is RAM, in early_node_map's range ${found.start_pfn} - ${found.end_pfn}.`];
	if (target.value("absent_ranges").slice(0, target.value("nr_absent_ranges")).some(inside))
		told.push("This machine doesn't have it: its contents are never touched.");
	return told;
}

// --- who kept it, who freed it ---

/**
 * Whom the balance names for a frame.
 * @param {Target} target
 * @param {number} pfn
 * @returns {Owner | undefined}
 */
function ownerOf(target, pfn) {
	try {
		return boot.owners(target).find((/** @type {Owner} */ owner) =>
			Math.floor(owner.start / PAGE_SIZE) <= pfn && pfn < pfnUp(owner.end));
	} catch (error) {
		if (error instanceof NotReady)
			return undefined;
		throw error;
	}
}

/**
 * Was it among the reservations that the boot allocator took over?
 * @param {Target} target
 * @param {Owner} owner
 */
function reservedEarly(target, owner) {
	return target.bootAllocator() !== "memblock" && target.value("nr_handed_over") &&
		boot.earlyRes(target).entries.some(entry =>
			entry.start === owner.start && entry.end === owner.end && entry.name === owner.name);
}

/**
 * Which part of the kernel's image lies there.
 * @param {Target} target
 * @param {number} pfn
 */
function imagePart(target, pfn) {
	const address = target.pageOffset + pfn * PAGE_SIZE;
	const part = target.value("image_parts", SOURCE).find((/** @type {any} */ { start, end }) =>
		start < address + PAGE_SIZE && end > address);
	return part ? [`There lies the kernel's image: ${target.string(part.what)}.`] : [];
}

/**
 * Who kept it, and what lies there.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {Owner} owner
 * @param {number} pfn
 */
function kept(target, memMap, owner, pfn) {
	const who = reservedEarly(target, owner) ? `The boot reserved it early, as ${owner.name}` :
		`The boot allocator, ${target.bootAllocator()}, gave it away, for ${owner.name}`;
	const told = [`${who}: ${digits16(owner.start, 10)} - ${digits16(owner.end, 10)}.`, ...imagePart(target, pfn)];
	if (owner.name === "mem_map") {
		const start = memMap.start - target.pageOffset, { size } = memMap;
		const from = target.value("mem_map_first_pfn"), to = from + target.value("mem_map_nr_pages");
		const first = Math.max(pfn * PAGE_SIZE, start + from * size);
		const last = Math.min((pfn + 1) * PAGE_SIZE, start + to * size) - 1;
		told.push(`There lie the struct pages of page frames ${Math.floor((first - start) / size)} ` +
			`to ${Math.floor((last - start) / size)}.`);
	}
	return told;
}

/**
 * Which step gave it to the page allocator.
 * @param {Target} target
 * @param {Owner | undefined} owner
 * @param {number} pfn
 */
function freed(target, owner, pfn) {
	const name = owner?.name ?? "", live = target.bootAllocator();
	const entry = target.value("hand_overs", SOURCE).find((/** @type {any} */ { allocator }) =>
		target.string(allocator) === live);
	const handOver = target.string(entry.function);
	if (pfn >= pfnUp(target.toPhys(target.symbol("__init_begin"))) &&
			pfn < Math.floor(target.toPhys(target.symbol("__init_end")) / PAGE_SIZE))
		return "When the boot was over, free_initmem() freed it.";
	if (name === "RAMDISK" || name === "NEW RAMDISK")
		return "Late in the boot, free_initrd_mem() freed it.";
	if (pfn >= target.value("max_low_pfn"))
		return "It is high memory: set_highmem_pages_init() freed it.";
	return name === "BOOTMAP" ? `When all else was free, ${handOver}() freed it too.` : `${handOver}() freed it.`;
}

// --- what it is now ---

/**
 * Which table of the kernel's page tables it is.
 * @param {Target} target
 * @param {number} pfn
 */
function pageTable(target, pfn) {
	const tops = readTable(target, topTable(target), 4);
	for (let number = target.pageOffset / 2 ** 30; number < 4; number++) {
		const top = entryAt(tops, number), base = number * 2 ** 30;
		if (!(top.low & PRESENT))
			continue;
		if (frame(top) === pfn * PAGE_SIZE)
			return [`Now it is a page table: the middle level for the addresses from ${digits16(base, 8)} on.`];
		const middles = readTable(target, frame(top), 512);
		for (let index = 0; index < 512; index++) {
			const middle = entryAt(middles, index);
			if (middle.low & PRESENT && !(middle.low & PSE) && frame(middle) === pfn * PAGE_SIZE)
				return ["Now it is a page table: for the addresses from " +
					`${digits16(base + index * 2 ** 21, 8)} on.`];
		}
	}
	return [];
}

/**
 * Which page of a vmalloc area it is.
 * @param {Target} target
 * @param {number} address of its struct page
 */
function vmallocArea(target, address) {
	const [end, kind] = target.find("vmap_area_end"), head = end + kind.offset("list");
	if (!target.word(head))
		return [];
	const links = target.type("vm_struct").offset("va", "list");
	for (const entry of target.walk(head)) {
		const area = target.at("vm_struct", entry - links);
		for (let number = 0; area.pages && number < area.nr_pages; number++)
			if (target.word(area.pages + 4 * number) === address)
				return [`Now it is page ${number + 1} of ${area.nr_pages} in the vmalloc area at ` +
					`${digits16(area.addr, 8)}.`];
	}
	return [];
}

/**
 * The prompt's block that it lies in.
 * @param {Target} target
 * @param {number} pfn
 */
function pieceOfPages(target, pfn) {
	const wanted = target.enumeration("piece_kind").PIECE_PAGES;
	const piece = target.value("pieces").find((/** @type {any} */ { kind, key, size }) =>
		kind === wanted && key <= pfn && pfn < key + size);
	return piece ? [`Now the prompt's alloc has it: ${piece.size} page(s) from page frame ${piece.key} on.`] : [];
}

/**
 * Who has a frame that is not free.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {number} pfn
 * @param {any} page
 */
function user(target, memMap, pfn, page) {
	const table = pageTable(target, pfn), told = table.length ? table : vmallocArea(target, memMap.address(pfn));
	if (told.length)
		return told;
	if (page.flags & memMap.bit("PG_reserved"))
		return [target.value("totalram_pages") ? "It is reserved to this day." :
			"Every page frame is reserved until mem_init()."];
	if (page.flags & memMap.bit("PG_slab"))
		return [`Now the slab has it, for the cache ${target.string(target.at("kmem_cache", page.lru.next).name)}.`];
	const piece = pieceOfPages(target, pfn);
	if (piece.length)
		return piece;
	return [page._count ? `Now it is in use, with ${page._count} reference(s).` :
		"Now it is in use, inside a block that was allocated as a whole."];
}

/**
 * The first page frame of the block that an allocation would get, by the rules of __rmqueue(), and why that one.
 * @param {Lists} lists
 * @param {string[]} types
 * @param {number[][]} fallbacks
 * @param {number} order
 * @param {number} kind
 */
function foresee(lists, types, fallbacks, order, kind) {
	/** @type {(at: number, type: number) => number | undefined} */
	const first = (at, type) => lists[at]?.[types[type] ?? ""]?.[0];
	for (let at = order; at < ORDERS; at++) {
		const found = first(at, kind);
		if (found !== undefined)
			return { pfn: found, why: "" };
	}
	for (let at = ORDERS - 1; at >= order; at--)
		for (const other of fallbacks[kind] ?? []) {
			const found = first(at, other);
			if (found !== undefined)
				return { pfn: found, why: ", whose own lists have nothing" };
		}
	for (let at = order; at < ORDERS; at++) {
		const found = first(at, types.indexOf("Reserve"));
		if (found !== undefined)
			return { pfn: found, why: ", as all other lists have nothing" };
	}
	return null;
}

/** The words for alloc whose allocations begin at a zone. */
class Asker {
	/**
	 * @param {Target} target
	 * @param {string} zone
	 */
	constructor(target, zone) {
		this.types = target.migrateTypes();
		this.grouped = !target.value("page_group_by_mobility_disabled");
		/** @type {any[]} */
		const zones = target.value("contig_page_data").node_zones;
		/** @type {{type: number, word: string}[]} */
		this.words = [];
		for (const { zone: highest, migratetype, word } of target.value("askers", SOURCE)) {
			let number = highest;
			while (number && !zones[number].present_pages)
				number--;
			if (target.string(zones[number].name) === zone)
				this.words.push({ type: migratetype, word: target.string(word) });
		}
	}

	/**
	 * What to type, or nothing.
	 * @param {number} order
	 * @param {number} type
	 */
	hint(order, type) {
		const found = this.words.find(known => known.type === type || !this.grouped);
		return found ? ` (alloc ${order} ${found.word})` : "";
	}
}

/**
 * How many allocations get others first.
 * @param {Asker} asker
 * @param {string} zone
 * @param {number} order
 * @param {string} type
 * @param {number} count
 */
function beforeIt(asker, zone, order, type, count) {
	if (!asker.grouped && type !== "Unmovable")
		return "Here every allocation is of type Unmovable: it comes to this list last.";
	if (type === "Reserve" || type === "Isolate")
		return `Blocks of type ${type} are given away when no other list has any.`;
	return `${count} allocation(s) of order ${order} in zone ${zone}, of type ${type}, come before it` +
		`${asker.hint(order, asker.types.indexOf(type))}.`;
}

/**
 * Which allocations of a type would get the frame next.
 * @param {Target} target
 * @param {Asker} asker
 * @param {string} zone
 * @param {Lists} lists
 * @param {number} head
 * @param {number} pfn
 * @param {number} kind
 */
function nextOfType(target, asker, zone, lists, head, pfn, kind) {
	const fallbacks = target.value("fallbacks", BUDDY), orders = [];
	let reason = "";
	for (let order = 1; order < ORDERS; order++) {
		const found = foresee(lists, asker.types, fallbacks, order, kind);
		if (found?.pfn === head && pfn - head < 2 ** order) {
			orders.push(order);
			reason = found.why;
		}
	}
	const low = orders[0], high = orders.at(-1);
	if (low === undefined || high === undefined)
		return [];
	return [`The next allocation of order ${low < high ? `${low} to ${high}` : low} in zone ${zone}, of type ` +
		`${asker.types[kind]}${reason}, gets it${asker.hint(high, kind)}.`];
}

/**
 * A frame in the free lists: where, and who gets it next.
 * @param {Target} target
 * @param {string} zone
 * @param {Pcp} pcp
 * @param {{pfn: number, order: number}} block
 * @param {number} pfn
 */
function freeBlock(target, zone, pcp, { pfn: head, order }, pfn) {
	const lists = target.once(freeLists)[zone] ?? {}, asker = new Asker(target, zone);
	const [type, blocks] = Object.entries(lists[order] ?? {}).find(([, pfns]) => pfns.includes(head)) ?? ["", []];
	let place = blocks.indexOf(head);
	const told = [`Now it is free: in the block of order ${order} at page frame ${head}, number ${place + 1} of ` +
		`${blocks.length} in zone ${zone}'s list of type ${type}.`], nexts = [];
	for (let kind = 0; kind < (asker.grouped ? 3 : 1); kind++)
		nexts.push(...nextOfType(target, asker, zone, lists, head, pfn, kind));
	const single = pcp?.lists[type];
	if (order === 0 && single)
		place += single.length;
	else if (nexts.length)
		return [...told, ...nexts];
	return [...told, ...nexts, beforeIt(asker, zone, order, type, place)];
}

/**
 * A frame in the per-cpu lists.
 * @param {Target} target
 * @param {string} zone
 * @param {Pcp} pcp
 * @param {number} pfn
 */
function inPageset(target, zone, pcp, pfn) {
	const [type, pfns] = Object.entries(pcp?.lists ?? {}).find(([, list]) => list.includes(pfn)) ?? ["", []];
	const place = pfns.indexOf(pfn);
	return place < 0 ? [] : [`Now it is free: number ${place + 1} of ${pfns.length} in zone ${zone}'s per-cpu list of ` +
		`type ${type}.`, beforeIt(new Asker(target, zone), zone, 0, type, place)];
}

/**
 * What the frame is.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {number} pfn
 * @param {any} page
 */
function now(target, memMap, pfn, page) {
	const zone = target.value("contig_page_data").node_zones[page.flags >>> ZONES_PGSHIFT];
	const inside = pfn >= zone.zone_start_pfn && pfn - zone.zone_start_pfn < zone.spanned_pages;
	const block = freeBlockOf(memMap, pfn, ORDERS), name = target.string(zone.name);
	if (!inside)
		return user(target, memMap, pfn, page);
	const pcp = pcpLists(target, memMap, zone);
	if (block)
		return freeBlock(target, name, pcp, block, pfn);
	const single = page.flags & memMap.bit("PG_reserved") || page._count ? [] : inPageset(target, name, pcp, pfn);
	return single.length ? single : user(target, memMap, pfn, page);
}

/**
 * Where the frame is mapped, and what is allowed there.
 * @param {Target} target
 * @param {MemMap} memMap
 * @param {number} pfn
 */
function addressOf(target, memMap, pfn) {
	const high = pfn >= target.value("max_low_pfn");
	const virtual = high ? pkmapAddress(target, memMap.address(pfn)) : target.pageOffset + pfn * PAGE_SIZE;
	if (!virtual)
		return "It has no address of its own: kmap() lends one.";
	const { phys, size, steps } = walkTables(target, virtual), flags = steps.at(-1)?.flags ?? [];
	if (phys === null)
		return `Its address would be ${digits16(virtual, 8)}, but nothing is mapped there.`;
	return `Its address is ${digits16(virtual, 8)}, ${high ? "in pkmap" : "in the linear map"}: ` +
		`${flags.includes("rw") ? "read and write" : "read-only"}, ` +
		`${flags.includes("nx") ? "not executable" : "executable"}, by a page of ` +
		`${size === PAGE_SIZE ? "4 KiB" : "2 MiB"}.`;
}

// --- all of it ---

/**
 * Before there is a struct page: what the boot allocators' own tables say.
 * @param {Target} target
 * @param {number} pfn
 */
function soFar(target, pfn) {
	const readers = [
		() => boot.earlyRes(target).entries.filter(entry => overlaps(entry, pfn)).map(entry =>
			`It is reserved early, as ${entry.name}: ${digits16(entry.start, 10)} - ${digits16(entry.end, 10)}.`),
		() => {
			const { allocator, ranges } = boot.bootmem(target);
			return ranges.filter(range => range.start_pfn <= pfn && pfn < range.end_pfn).map(range =>
				`${allocator}'s bitmap calls it ${range.reserved ? "reserved" : "free"}.`);
		},
		() => boot.memblock(target).reserved.regions.filter(region => overlaps(region, pfn)).map(region =>
			`memblock has it reserved: ${digits16(region.start, 10)} - ${digits16(region.end, 10)}.`),
	];
	const told = readers.flatMap(reader => {
		try {
			return reader();
		} catch (error) {
			if (error instanceof Missing)
				return [];
			throw error;
		}
	});
	return [...told, "It has no struct page yet (needs free_area_init_node)."];
}

/**
 * The sentences about a page frame, or Missing before there is a memory map.
 * @param {Target} target
 * @param {number} pfn
 * @returns {string[]}
 */
export function why(target, pfn) {
	const told = [`Page frame ${pfn} is physical ${digits16(pfn * PAGE_SIZE, 10)} - ` +
		`${digits16((pfn + 1) * PAGE_SIZE, 10)}.`, ...firmware(target, pfn)];
	if (!target.value("mem_map"))
		return [...told, ...soFar(target, pfn)];
	const memMap = new MemMap(target), maxPfn = target.value("max_mapnr");
	const first = target.value("mem_map_first_pfn"), end = first + target.value("mem_map_nr_pages");
	if (pfn >= maxPfn)
		return [...told, ...aboveMaxPfn(target, pfn, maxPfn)];
	if (pfn < first || pfn >= end)
		return [...told, `It has no struct page: mem_map has those of page frames ${first} to ${end - 1}.`];
	const sentences = ram(target, pfn), page = memMap.read(pfn);
	if (!sentences)
		return [...told, "It is in no range of early_node_map: no RAM. Nobody will ever free it.",
			addressOf(target, memMap, pfn)];
	const owner = ownerOf(target, pfn);
	return [...told, ...sentences, ...owner ? kept(target, memMap, owner, pfn) : [],
		...page.flags & memMap.bit("PG_reserved") ? [] : [freed(target, owner, pfn)],
		...now(target, memMap, pfn, page), addressOf(target, memMap, pfn)];
}
