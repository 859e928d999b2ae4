// SPDX-License-Identifier: GPL-2.0-only
// Which machine: what a reader can choose, how it stands in the page's address, and the hardware made of it.

import { MOST_RAM } from "../machine/machine.js";
import { mapText, parseMap } from "./maps.js";

/** @typedef {import("../machine/machine.js").Hardware} Hardware */
/** @typedef {import("../machine/multiboot2.js").Entry} Entry */

/**
 * A machine that is offered; log: what the real kernel said on it.
 * @typedef {{id: string, group: string, title: string, about?: string, map: Entry[], words: string, log: string[] | null}} Reference
 */

/**
 * What is chosen. machine: "pc" (so much RAM), "own" (the map as text), or a Reference's id.
 * @typedef {{machine: string, ram: number, map: string, words: string, alloc: string}} Configuration
 */

const MIB = 2 ** 20;
export const LEAST_MIB = 20;
export const MOST_MIB = 65536;
/** RAM of a machine whose map is larger than the emulator: as much as low memory can be, and a little more. */
const RAM_OF_LARGE = 1024;
const LOW_END = 0xe0000000;			// RAM of QEMU's pc goes on at 4 GiB after this
const BULK_FROM = 4096 * MIB;
const CONSOLE = "console=ttyS0 earlyprintk=serial,ttyS0,115200 ignore_loglevel";
const LONGEST_WORDS = 1500, LONGEST_MAP = 20000;

/** The boot allocators, each with what it is. */
export const ALLOCATORS = {
	"bootmem": "bootmem, 2.6.34's: a bit for each page frame",
	"bootmem-2.4": "bootmem as in 2.4",
	"early_res": "early_res: 2.6.34 with NO_BOOTMEM, a table of ranges",
	"memblock": "memblock, 2.6.38 to today: two arrays of ranges",
};

/** @type {Configuration} */
export const FIRST = { machine: "pc", ram: 2048, map: "", words: "", alloc: "bootmem" };

/**
 * The map of a PC with so much RAM: the firmware's, as QEMU's has it.
 * @param {number} mib
 * @returns {Entry[]}
 */
export function pcMap(mib) {
	const bytes = mib * MIB, low = Math.min(bytes, LOW_END), reserved = 128 * 1024;
	/** @type {Entry[]} */
	const map = [[0, 0x9fc00, 1], [0x9fc00, 0xa0000, 2], [0xf0000, 0x100000, 2],
		[0x100000, low - reserved, 1], [low - reserved, low, 2], [0xfffc0000, 2 ** 32, 2]];
	if (bytes > low)
		map.push([2 ** 32, 2 ** 32 + bytes - low, 1]);
	return map;
}

/**
 * @param {Configuration} chosen
 * @param {Reference[]} machines
 */
export function reference(chosen, machines) {
	return machines.find(machine => machine.id === chosen.machine) ?? null;
}

/**
 * @param {Configuration} chosen
 * @param {Reference[]} machines
 * @returns {Entry[]}
 */
export function chosenMap(chosen, machines) {
	if (chosen.machine === "own")
		return parseMap(chosen.map).entries;
	return reference(chosen, machines)?.map ?? pcMap(chosen.ram);
}

/**
 * The machine, or why there can be none.
 * @param {Configuration} chosen
 * @param {Reference[]} machines
 * @returns {{hardware: Hardware, problem?: undefined} | {hardware?: undefined, problem: string}}
 */
export function hardware(chosen, machines) {
	const map = chosenMap(chosen, machines), ram = map.filter(([, , type]) => type === 1);
	const end = Math.max(0, ...ram.map(entry => entry[1]));
	if (!ram.some(([start, last]) => start <= 0x1000000 && last >= LEAST_MIB * MIB))
		return { problem: `The kernel's image lies at 16 MiB: the map needs RAM from there to ${LEAST_MIB} MiB.` };
	const large = end > MOST_RAM;
	const words = [CONSOLE, chosen.words.trim(), chosen.alloc === "bootmem" ? "" : `memdawn.bootalloc=${chosen.alloc}`,
		large ? "memdawn.e820=module" : "", end > BULK_FROM ? "memdawn.free=bulk" : ""].filter(Boolean);
	const commandLine = `BOOT_IMAGE=/boot/bzImage ${words.join(" ")}`;
	return { hardware: large ? { ram: RAM_OF_LARGE * MIB, map: pcMap(RAM_OF_LARGE), given: map, commandLine } :
		{ ram: end, map, commandLine } };
}

/** @param {number} mib */
export function ramText(mib) {
	return mib % 1024 ? `${mib} MiB` : `${mib / 1024} GiB`;
}

/**
 * A machine's name, short enough for a heading.
 * @param {Configuration} chosen
 * @param {Reference[]} machines
 */
export function title(chosen, machines) {
	const found = reference(chosen, machines);
	const what = chosen.machine === "own" ? "a map of your own" : found ? found.title : ramText(chosen.ram);
	const words = chosen.words && !(found && found.words === chosen.words) ? [chosen.words] : [];
	return [what, ...words, ...chosen.alloc === "bootmem" ? [] : [chosen.alloc]].join(", ");
}

// --- the page's address ---

/**
 * @param {Configuration} chosen
 * @param {URLSearchParams} into
 */
export function writeAddress(chosen, into, prefix = "") {
	into.set(`${prefix}machine`, chosen.machine);
	if (chosen.machine === "pc")
		into.set(`${prefix}ram`, String(chosen.ram));
	if (chosen.machine === "own")
		into.set(`${prefix}map`, mapText(parseMap(chosen.map).entries, ","));
	if (chosen.words)
		into.set(`${prefix}words`, chosen.words);
	if (chosen.alloc !== "bootmem")
		into.set(`${prefix}alloc`, chosen.alloc);
}

/**
 * What an address asks for; whatever makes no sense in it is left out.
 * @param {URLSearchParams} from
 * @param {Reference[]} machines
 * @returns {Configuration | null}
 */
export function readAddress(from, machines, prefix = "") {
	/** @type {(name: string) => string | null} */
	const get = name => from.get(prefix + name);
	const machine = get("machine");
	if (machine === null)
		return null;
	const ram = Math.round(Number(get("ram"))), known = machines.find(m => m.id === machine);
	const alloc = get("alloc") ?? "bootmem";
	return { machine: machine === "own" || known ? machine : "pc",
		ram: ram >= LEAST_MIB && ram <= MOST_MIB ? ram : FIRST.ram,
		map: (get("map") ?? "").slice(0, LONGEST_MAP).replaceAll(",", "\n"),
		words: (get("words") ?? "").replace(/[^\x20-\x7e]/g, " ").slice(0, LONGEST_WORDS),
		alloc: Object.keys(ALLOCATORS).includes(alloc) ? alloc : "bootmem" };
}
