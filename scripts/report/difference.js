// SPDX-License-Identifier: GPL-2.0-only
// Two machines at the stage of the same name.

import { html, number, table } from "./dom.js";
import { lineDifference, owners, totals } from "./model.js";
import { KINDS, grouped, size } from "./words.js";

/** @typedef {import("./dom.js").Cell} Cell */
/** @typedef {import("./document").Document} Document */
/** @typedef {import("./document").Stage} Stage */
/** @typedef {{doc: Document, stage: Stage}} Moment */

/** @typedef {string | number | null | undefined} Value */

/** @type {(one: Value, other: Value) => string} */
function emphasis(one, other) {
	return one === other ? "n" : "n up";
}

/** @param {Value} value */
function shown(value) {
	return value === null || value === undefined ? "–" : typeof value === "number" ? grouped(value) : value;
}

/**
 * The change from one number to another, with its sign.
 * @param {number} one
 * @param {number} other
 * @param {(n: number) => string} say
 * @returns {Cell}
 */
function change(one, other, say) {
	return [one === other ? "=" : (other > one ? "+" : "−") + say(Math.abs(other - one)), emphasis(one, other)];
}

/** @type {(one: Moment, other: Moment) => Cell[]} */
function titles(one, other) {
	return ["", [one.doc.title, "n"], [other.doc.title, "n"]];
}

/**
 * @param {Moment} one
 * @param {Moment} other
 */
function facts(one, other) {
	/** @type {[string, Value, Value][]} */
	const rows = [["boot allocator", one.doc.machine.boot_allocator, other.doc.machine.boot_allocator],
		...Object.entries(one.doc.machine.borders).map(([name, value]) =>
			/** @type {[string, Value, Value]} */ ([name, value, other.doc.machine.borders[name]]))];
	return table("", titles(one, other), rows.map(([name, x, y]) =>
		[name, [shown(x), emphasis(x, y)], [shown(y), emphasis(x, y)]]));
}

/**
 * @param {string} title
 * @param {Moment} one
 * @param {Moment} other
 * @param {(stage: Stage) => Record<string, number>} sizes name to bytes
 */
function sizeTable(title, one, other, sizes) {
	const left = sizes(one.stage), right = sizes(other.stage);
	/** @type {(bytes: number | undefined) => Cell} */
	const cell = bytes => [bytes === undefined ? "–" : size(bytes), "n"];
	return [html("h3", {}, title), table("", [...titles(one, other), ["Difference", "n"]],
		[...new Set([...Object.keys(left), ...Object.keys(right)])].map(name =>
			[name, cell(left[name]), cell(right[name]), change(left[name] ?? 0, right[name] ?? 0, size)]))];
}

/** @param {Stage} stage */
function byKind(stage) {
	return Object.fromEntries(Object.entries(totals(stage.physical)).filter(([kind]) => kind !== "hole")
		.map(([kind, bytes]) => [KINDS.physical[kind] ?? kind, bytes]));
}

/**
 * @param {Moment} one
 * @param {Moment} other
 */
function freeBlocks(one, other) {
	const a = one.stage.state.buddyinfo.data ?? {}, b = other.stage.state.buddyinfo.data ?? {};
	return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(zone => {
		const left = a[zone] ?? [], right = b[zone] ?? [];
		const orders = Array.from({ length: Math.max(left.length, right.length) }, (_, order) => order);
		/** @type {(list: number[]) => Cell[]} */
		const cells = list => orders.map(order => number(list[order] ?? 0));
		return [html("h3", {}, `Free blocks by order, zone ${zone}`),
			table("orders", ["", ...orders.map(order => /** @type {Cell} */ ([String(order), "n"]))], [
				[one.doc.title, ...cells(left)], [other.doc.title, ...cells(right)],
				{ total: true, cells: ["difference",
					...orders.map(order => change(left[order] ?? 0, right[order] ?? 0, grouped))] }])];
	});
}

/**
 * @param {Moment} one
 * @param {Moment} other
 * @returns {HTMLElement[]}
 */
export function differencePanel(one, other) {
	/** @type {(moment: Moment) => string[]} */
	const texts = ({ doc }) => doc.log.map(line => line.text);
	const lines = lineDifference(texts(one), texts(other)).filter(([mark]) => mark !== " ");
	return [html("p", { class: "quiet" }, `At stage ${one.stage.name}. In the map, “Show both” puts the two side by side; ` +
		"a red stripe marks what differs."),
	facts(one, other), ...sizeTable("Physical memory by kind", one, other, byKind),
	...sizeTable("By owner", one, other, stage => owners(stage.physical)), ...freeBlocks(one, other),
	html("details", {}, html("summary", {}, `The logs: ${lines.length} lines that only one of them has`),
		...lines.map(([mark, text]) => html(mark === "-" ? "del" : "ins", {}, `${mark} ${text}`)))];
}
