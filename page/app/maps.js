// SPDX-License-Identifier: GPL-2.0-only
// A memory map as text: ranges, one a line, or the lines of a boot log that have one.

/** @typedef {import("../machine/multiboot2.js").Entry} Entry */

/** @type {Record<string, number>} */
const TYPES = { "usable": 1, "ram": 1, "system ram": 1, "reserved": 2, "acpi data": 3, "acpi tables": 3, "acpi nvs": 4,
	"unusable": 5 };
/** @type {Record<number, string>} */
const NAMES = { 1: "usable", 2: "reserved", 3: "ACPI data", 4: "ACPI NVS", 5: "unusable" };
const MOST_ENTRIES = 1000, LAST = 2 ** 52;

/** start, what joins it with the end, end, type. Ends after a comma or "-0x" are those of the last byte. */
const LOGGED = /BIOS-(?:e820|88|provided)?:? *(?:\[mem )?(?:0x)?([0-9a-f]{1,16}) *- *(?:0x)?([0-9a-f]{1,16})(\])? *\(?([A-Za-z ]+?)\)?\s*$/i;
const TYPED = /^\s*(?:\[mem )?(?:0x)?([0-9a-f]{1,16})\s*-\s*(?:0x)?([0-9a-f]{1,16})(\])?\s+\(?([A-Za-z][A-Za-z ]*?|[1-5])\)?\s*$/i;
const IOMEM = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) : (.+)$/i;

/**
 * @param {string} line
 * @returns {Entry | null | undefined} null: a map's line that makes no sense; undefined: none at all
 */
function entryOf(line) {
	const iomem = line.match(IOMEM);
	const match = iomem ?? line.match(LOGGED) ?? line.match(TYPED);
	if (!match)
		return /BIOS-e820|^\s*(0x)?[0-9a-f]{4,}\s*-/i.test(line) ? null : undefined;
	const start = parseInt(match[1] ?? "", 16), last = parseInt(match[2] ?? "", 16);
	const name = (iomem ? match[3] ?? "" : match[4] ?? "").trim().toLowerCase();
	const type = TYPES[name] ?? (/^[1-5]$/.test(name) ? Number(name) : iomem ? 0 : 2);
	if (iomem && !TYPES[name])
		return undefined;			// devices and the like
	const end = iomem || match[3] === "]" ? last + 1 : last;
	return start < end && end <= LAST ? [start, end, type] : null;
}

/**
 * The ranges in a text, and the lines that look like ranges and can't be read.
 * @param {string} text
 * @returns {{entries: Entry[], refused: string[]}}
 */
export function parseMap(text) {
	/** @type {Entry[]} */
	const entries = [];
	/** @type {string[]} */
	const refused = [];
	for (const line of text.split(/\r?\n/)) {
		const entry = entryOf(line.replace(/^<\d>/, "").replace(/^\s*\[ *\d+\.\d+\]\s?/, " "));
		if (entry && entries.length < MOST_ENTRIES)
			entries.push(entry);
		else if (entry !== undefined)
			refused.push(line);
	}
	return { entries, refused };
}

/**
 * @param {Entry[]} entries
 */
export function mapText(entries, between = "\n") {
	return entries.map(([start, end, type]) =>
		`${start.toString(16)}-${end.toString(16)} ${NAMES[type] ?? "reserved"}`).join(between);
}
