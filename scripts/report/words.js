// SPDX-License-Identifier: GPL-2.0-only
// How the page says things: numbers, sizes, addresses, the kinds' names, what firmware keeps addresses for.

/** @typedef {import("./document").Call} Call */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Which} Which */

export const PAGE = 4096;
const KIB = 2 ** 10, MIB = 2 ** 20, GIB = 2 ** 30;

/** @type {Record<Which, Record<string, string>>} */
export const KINDS = {
	physical: {
		"free": "free page frames", "ram": "RAM, not given to anybody yet",
		"kept": "reserved or allocated by the boot", "memmap": "mem_map, a struct page for each frame",
		"in use": "handed out by the page allocator", "firmware": "reserved by the firmware or the user",
		"devices": "reserved, but no RAM: addresses for devices", "hole": "no memory, or not used",
	},
	virtual: {
		"lowmem": "low memory, mapped one to one", "image": "the kernel's image, mapped one to one, too",
		"vmalloc": "vmalloc area", "pkmap": "windows of kmap()", "fixmap": "fixed pages",
		"hole": "nothing",
	},
};
/** @type {Record<Which, string>} */
export const COLUMN_NAMES = { physical: "Physical memory", virtual: "Virtual gigabyte" };

/** @param {number} n */
export function hex(n, digits = 8) {
	return "0x" + n.toString(16).padStart(digits, "0");
}

/**
 * A number with narrow blanks between its thousands.
 * @param {number} n
 */
export function grouped(n) {
	const [whole = "", part] = String(n).split(".");
	return whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (part ? "." + part : "");
}

/**
 * A size in MiB, or KiB where it is less than one: never in others, so that two can be compared.
 * Rounded down to two decimals: 891.99 MiB are not 892.
 * @param {number} bytes
 */
export function size(bytes) {
	if (bytes < KIB)
		return `${bytes} bytes`;
	const [unit, name] = bytes < MIB ? [KIB, "KiB"] : [MIB, "MiB"];
	return `${grouped(Math.floor(bytes / unit * 100) / 100)} ${name}`;
}

/**
 * The name of a class of the style sheet.
 * @param {string} kind
 */
export function kindClass(kind) {
	return `k-${kind.replace(" ", "-")}`;
}

/** @param {string} text */
export function sentence(text) {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** @param {Call} call */
export function place(call) {
	return call.file ? `${call.file}:${call.line}` : "";
}

/**
 * What the firmware uses addresses for on every PC, or on all of one kind.
 * @type {{start: number, end: number, ram: boolean, text: string}[]}
 */
const PLACES = [
	{ start: 0, end: PAGE, ram: true, text: "RAM that the BIOS uses, for its interrupt table and its data" },
	{ start: 0x80000, end: 0xa0000, ram: true, text: "RAM that the BIOS keeps for its data (EBDA)" },
	{ start: 0xa0000, end: 0xc0000, ram: false, text: "the window to the screen's memory" },
	{ start: 0xa0000, end: MIB, ram: false, text: "the screen's memory, the BIOS and other ROMs" },
	{ start: 0xfec00000, end: 0xfec01000, ram: false, text: "the registers of the I/O APIC" },
	{ start: 0xfee00000, end: 0xfee01000, ram: false, text: "the registers of the local APICs" },
	{ start: 4 * GIB - 16 * MIB, end: 4 * GIB, ram: false,
		text: "the flash chip with the firmware's own code, always right below 4 GiB" },
	{ start: 1012 * GIB, end: 1024 * GIB, ram: false,
		text: "the last 12 GiB below 1 TiB, in which AMD's processors reach devices (HyperTransport)" },
];

/** Functions that take in what the user says of memory. */
const USERS = ["parse_memopt", "parse_memmap_opt"];

/**
 * Why addresses that are no RAM of the kernel's are what they are, as far as they themselves tell; ram:
 * whether there is RAM at them, null if that can't be known.
 * @param {Range} range of physical memory
 * @param {Range[]} ranges all of them
 * @param {Call[]} chain the calls that made it so
 * @returns {{ram: boolean | null, text: string} | null}
 */
export function meaning(range, ranges, chain = []) {
	if (range.kind !== "firmware" && range.owner !== "not in the memory map")
		return null;
	if (chain.some(call => USERS.includes(call.function)))
		return { ram: null, text: "the command line (mem= or memmap=) wants it so" };
	const known = PLACES.find(p => p.start <= range.start && range.end <= p.end);
	if (known)
		return { ram: known.ram, text: `${known.ram ? "" : "no RAM: "}${known.text}` };
	const usable = ranges.filter(r => r.kind !== "hole" && r.kind !== "firmware" && r.start < range.start);
	const below = usable[usable.length - 1];
	const above = ranges.some(r => r.kind !== "hole" && r.kind !== "firmware" && r.start >= range.end &&
		r.start < 4 * GIB);
	if (range.kind === "firmware" && below && below.end === range.start && range.end <= 4 * GIB)
		return { ram: true, text: "the end of RAM, which the firmware keeps for its tables (ACPI)" };
	if (above)
		return { ram: null, text: range.kind === "hole" ? "the firmware says nothing of it" :
			"the firmware keeps it" };
	if (range.start < 4 * GIB)
		return { ram: false, text: range.kind === "hole" ? "no RAM: the PCI hole, below 4 GiB, where the " +
			"screen, the network and all other devices have their addresses" :
			"no RAM: addresses of devices, which the firmware keeps" };
	return { ram: false, text: range.kind === "hole" ? "no RAM: nothing is there" :
		"no RAM: addresses that the firmware keeps for devices" };
}
