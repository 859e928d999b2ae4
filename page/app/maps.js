// SPDX-License-Identifier: GPL-2.0-only
// A memory map as text: ranges, one a line, or the lines of a boot log that have one.

/** @typedef {import("../machine/multiboot2.js").Entry} Entry */

const TYPES = new Map(Object.entries({ "usable": 1, "ram": 1, "system ram": 1, "reserved": 2, "acpi data": 3, "acpi tables": 3, "acpi nvs": 4,
	"acpi non-volatile storage": 4, "unusable": 5, "unusable memory": 5 }));
/** @type {Record<number, string>} */
const NAMES = { 1: "usable", 2: "reserved", 3: "ACPI data", 4: "ACPI NVS", 5: "unusable" };
const MOST_ENTRIES = 1000, LAST = 2 ** 52;

/** A boot log's lines: BIOS-e820: start - end (type), or with [mem start-last] type. */
const LOGGED = /BIOS-(?:e820|e801|88): *(\[mem )?(?:0x)?([0-9a-f]{8,16}) *- *(?:0x)?([0-9a-f]{8,16})\]? *\(?([A-Za-z][A-Za-z -]*?)\)?\s*$/i;
const HEADER = /BIOS-provided physical (?:RAM|memory) map/;
/** /proc/iomem: devices are not of the map. */
const IOMEM = /^()([0-9a-f]{4,16})-([0-9a-f]{4,16}) : (.+)$/i;
/** As it is typed here: start-end type, hexadecimal, the end excluded; with [mem ...] as in a log. */
const TYPED = /^\s*(\[mem )?(?:0x)?([0-9a-f]{1,16})\s*-\s*(?:0x)?([0-9a-f]{1,16})\]?\s+\(?([A-Za-z][A-Za-z -]*?|[1-5])\)?\s*$/i;
const LIKE_A_RANGE = /^\s*(?:\[mem )?(?:0x)?[0-9a-f]+\s*-\s*(?:0x)?[0-9a-f]/i;

/**
 * The ranges of the lines of one form, and the lines that have no sense.
 * @param {string[]} lines
 * @param {RegExp} form
 * @param {boolean} lastByte is the end the last byte?
 */
function rangesOf(lines, form, lastByte) {
	/** @type {Entry[]} */
	const entries = [];
	/** @type {string[]} */
	const refused = [];
	for (const line of lines) {
		const match = line.match(form), name = (match?.[4] ?? "").trim().toLowerCase();
		const type = TYPES.get(name) ?? (/^[1-5]$/.test(name) ? Number(name) : 2);
		if (!match) {
			refused.push(line);
			continue;
		}
		if (form === IOMEM && !TYPES.has(name))
			continue;
		const start = parseInt(match[2] ?? "", 16), end = parseInt(match[3] ?? "", 16) + (lastByte || match[1] ? 1 : 0);
		if (start < end && end <= LAST && entries.length < MOST_ENTRIES)
			entries.push([start, end, type]);
		else
			refused.push(line);
	}
	return { entries, refused };
}

/**
 * The ranges in a text, and the lines that look like ranges and can't be read. Of a log with several boots the
 * last counts.
 * @param {string} text
 * @returns {{entries: Entry[], refused: string[]}}
 */
export function parseMap(text) {
	const all = text.split(/\r?\n/).map(line => line.replace(/^\s*(?:<\d+>)?\s*(?:\[ *\d+\.\d+\])?/, ""));
	const lines = all.slice(Math.max(0, all.findLastIndex(line => HEADER.test(line))));
	const logged = lines.filter(line => /BIOS-(?:e820|e801|88):/i.test(line));
	if (logged.length)
		return rangesOf(logged, LOGGED, false);
	const iomem = lines.filter(line => IOMEM.test(line));
	if (iomem.length)
		return rangesOf(iomem, IOMEM, true);
	return rangesOf(lines.filter(line => LIKE_A_RANGE.test(line)), TYPED, false);
}

/** @param {Entry[]} entries */
export function mapText(entries, between = "\n") {
	return entries.map(([start, end, type]) =>
		`${start.toString(16)}-${end.toString(16)} ${NAMES[type] ?? "reserved"}`).join(between);
}
