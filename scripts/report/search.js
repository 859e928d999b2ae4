// SPDX-License-Identifier: GPL-2.0-only
// What an input line asks for, and what answers it at a stage.

import { called, plain, rangeAt, zones, areas } from "./model.js";
import { COLUMN_NAMES, PAGE, grouped, hex, size } from "./words.js";

/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Stage} Stage */
/** @typedef {import("./document").Which} Which */

/**
 * An answer: a range (address: the place in it that was asked for), or a part with a name.
 * @typedef {{which: Which, text: string, address: number, range: Range, part?: undefined}
 *	| {which: Which, text: string, address: number, part: import("./model.js").Part, range?: undefined}} Answer
 */

/**
 * @param {string} text
 * @param {number} virtualStart
 * @returns {{what: string, places: {which: Which, address: number}[], name?: string}}
 */
function understand(text, virtualStart) {
	const word = text.trim();
	let match = word.match(/^pfn\s*[:=]?\s*(0x[0-9a-f]+|\d+)$/i) ?? word.match(/^(\d{1,8})$/);
	if (match) {
		const pfn = Number(match[1]);
		return { what: `Page frame ${grouped(pfn)} (${hex(pfn)})`,
			places: [{ which: "physical", address: pfn * PAGE }] };
	}
	match = word.match(/^(phys|virt|p|v)?\s*:?\s*(?:0x([0-9a-f]{1,12})|([0-9a-f]*[a-f][0-9a-f]*|[0-9]{9,}))$/i);
	if (match) {
		const address = parseInt(match[2] ?? match[3] ?? "", 16), side = (match[1] ?? "").toLowerCase()[0];
		/** @type {{which: Which, address: number}[]} */
		const places = [];
		if (address >= virtualStart && address < 2 ** 32 && side !== "p")
			places.push({ which: "virtual", address });
		if (side !== "v")
			places.push({ which: "physical", address });
		return { what: `Address ${hex(address)}`, places, name: word };
	}
	return { what: `“${word}”`, places: [], name: word };
}

/**
 * The answers; the first one is the best.
 * @param {Stage} stage
 * @param {string} text
 * @returns {{what: string, found: Answer[]}}
 */
export function find(stage, text) {
	const asked = understand(text, stage.virtual[0]?.start ?? 0), /** @type {Answer[]} */ found = [];
	/** @type {(which: Which, range: Range | null, address: number) => void} */
	const add = (which, range, address) => {
		if (range && !found.some(answer => answer.range === range))
			found.push({ which, range, address,
				text: `${COLUMN_NAMES[which].toLowerCase()} ${hex(address)}, ${range.owner}` });
	};
	for (const { which, address } of asked.places) {
		const range = rangeAt(stage[which], address);
		add(which, range, address);
		if (which === "virtual" && range?.mapping) {
			const phys = range.mapping.phys + address - range.start;
			add("physical", rangeAt(stage.physical, phys), phys);
		}
	}
	if (asked.name !== undefined && !found.length) {
		const name = plain(asked.name).replace(/^zones? ?/, ""), all = /^zones?$/.test(plain(asked.name));
		for (const zone of zones(stage))
			if (all || zone.name.toLowerCase() === name)
				found.push({ which: "physical", part: zone, address: zone.start,
					text: `zone ${zone.name}, ${size(zone.end - zone.start)}` });
		for (const area of areas(stage))
			if (plain(area.name) === name)
				found.push({ which: "virtual", part: area, address: area.start,
					text: `${area.name}, ${size(area.end - area.start)}` });
		// The pieces of a part that has answered would only repeat it.
		const parts = found.map(answer => answer.part?.name);
		for (const { which, range } of called(stage, asked.name))
			if (!parts.includes(range.owner))
				add(which, range, range.start);
	}
	return { what: asked.what, found };
}

/**
 * The stage, nearest to one, at which something answers; -1 if there is none.
 * @param {Stage[]} stages
 * @param {number} index
 * @param {string} text
 */
export function nearestStage(stages, index, text) {
	const near = stages.map((_, i) => i).sort((a, b) => Math.abs(a - index) - Math.abs(b - index));
	return near.find(i => find(/** @type {Stage} */ (stages[i]), text).found.length) ?? -1;
}
