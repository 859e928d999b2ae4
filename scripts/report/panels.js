// SPDX-License-Identifier: GPL-2.0-only
// The panels below the map: a stage goes in, elements come out.

import { html, link, number, swatch, table } from "./dom.js";
import { doer, shownKind, totals } from "./model.js";
import { COLUMN_NAMES, KINDS, PAGE, grouped, hex, kindClass, sentence, size } from "./words.js";

/** @typedef {import("./dom.js").Cell} Cell */
/** @typedef {import("./document").Document} Document */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Stage} Stage */
/** @typedef {import("./document").Which} Which */

const MOST_ORDERS = 10;

/**
 * What sets a border: the kernel's own words; where it has none, what that means.
 * @param {import("./document").Border} step
 * @param {import("./document").Border[]} steps all of them
 */
function reason(step, steps) {
	if (step.pages !== null)
		return `${grouped(step.pages)} pages above it, ${step.why}`;
	if (step.why)
		return step.why;
	if (step.what === "RAM ends, as given:")
		return "the memory map's last usable page";
	return step.what === "RAM ends, as used:" && steps.every(other => other.pages === null) ?
		"nothing has cut any of it off" : "";
}

/** @param {import("./document").Reading<unknown>} reading */
function missing(reading) {
	return html("p", { class: "quiet" }, sentence(reading.missing ?? "nothing to show at this stage"));
}

/** @param {string} kind */
function coloured(kind, text = KINDS.physical[kind] ?? kind) {
	return html("span", {}, swatch(kind), " ", text);
}

/**
 * The free blocks of each zone, by order and migrate type; upright: orders go down, for narrow screens.
 * @param {Stage} stage
 * @param {boolean} upright
 * @returns {HTMLElement[]}
 */
export function freePanel(stage, upright) {
	const lists = stage.state.freelist.data, balance = stage.state.balance;
	if (!lists || !balance.data)
		return [missing(balance)];
	const shares = balance.data.zones;
	return [...Object.entries(lists).flatMap(([name, orders]) => {
		const zone = stage.state.zones.data?.find(z => z.name === name), share = shares[name] ?? 0;
		const { types, top, count } = counted(orders);
		const all = types.map(type => sum(top, order => count(type, order) * 2 ** order)), pages = all.reduce((a, b) => a + b, 0);
		const largest = Math.max(...types.flatMap(type => Array.from({ length: top + 1 }, (_, order) => count(type, order) * 2 ** order)));
		/** @type {(type: string, order: number) => Cell} */
		const cell = (type, order) => {
			const blocks = count(type, order), width = Math.max(2, blocks * 2 ** order / largest * 100);
			return [html("span", {}, blocks ? grouped(blocks) : "·",
				html("span", { class: `bar ${kindClass("free")}`, style: `width:${blocks ? width : 0}%` })), "n"];
		};
		const steps = Array.from({ length: top + 1 }, (_, order) => order);
		return [html("h3", {}, `Zone ${name}: ${grouped(pages)} pages free (${size(pages * PAGE)})`),
			html("p", { class: "hint quiet" }, zone ? `present: ${grouped(zone.present)}` +
				(zone.present + share <= zone.spanned ? `, and ${grouped(share)} for mem_map` : "") : ""),
			upright ? table("orders", ["Order", ["Block", "n"], .../** @type {Cell[]} */ (types.map(type => [type, "n"]))],
				[...steps.map(order => [String(order), /** @type {Cell} */ ([size(2 ** order * PAGE), "n"]), ...types.map(type => cell(type, order))]),
					{ total: true, cells: ["Pages", "", ...all.map(number)] }]) :
				table("orders", ["Migrate type", .../** @type {Cell[]} */ (steps.map(order => [String(order), "n"])), ["Pages", "n"]],
					types.map((type, i) => [type, ...steps.map(order => cell(type, order)), number(all[i] ?? 0)]))];
	}), html("p", { class: "hint quiet" }, `${upright ? "Rows" : "Columns"} are orders: a block of order n is 2ⁿ pages ` +
		"in a row. Numbers are blocks; a bar is the pages in them, to the scale of its zone. “Present” are the zone's " +
		"pages of RAM, but Linux takes off what mem_map needs for the zone, even where mem_map lies in another one: " +
		"so more pages can be free than are present.")];
}

/**
 * @param {number} top
 * @param {(order: number) => number} of
 */
function sum(top, of) {
	let all = 0;
	for (let order = 0; order <= top; order++)
		all += of(order);
	return all;
}

/**
 * The blocks of one zone's free lists.
 * @param {Record<string, Record<string, number[]>>} orders
 */
function counted(orders) {
	const types = [...new Set(Object.values(orders).flatMap(kinds => Object.keys(kinds)))];
	return { types, top: Math.max(MOST_ORDERS, ...Object.keys(orders).map(Number)),
		/** @type {(type: string, order: number) => number} */
		count: (type, order) => orders[order]?.[type]?.length ?? 0 };
}

/**
 * Every page frame is exactly one thing; before there is such a sheet, what the map shows.
 * @param {Stage} stage
 * @returns {HTMLElement[]}
 */
export function balancePanel(stage) {
	const balance = stage.state.balance.data;
	if (!balance)
		return [missing(stage.state.balance), table("", ["What the map shows now", ["Size", "n"]],
			sizes("physical", stage.physical).map(([kind, text, bytes]) => [coloured(kind, text), [size(bytes), "n"]]))];
	/** @type {[string, string, number][]} */
	const parts = [["free", "free", balance.free], ["in use", "handed out or in per-cpu lists", balance.in_use],
		["kept", "reserved", balance.reserved], ["memmap", "mem_map", balance.memmap], ["hole", "no RAM", balance.hole]];
	/** @type {(pages: number) => string} */
	const percent = pages => (pages / balance.max_pfn * 100).toFixed(2) + " %";
	const all = parts.reduce((pages, part) => pages + part[2], 0);
	return [
		html("div", { class: "stack", role: "img", "aria-label": parts.map(p => `${p[1]} ${percent(p[2])}`).join(", ") },
			parts.filter(p => p[2]).map(([kind, name, pages]) => html("span", { class: kindClass(kind),
				title: `${name}: ${grouped(pages)} pages`, style: `width:${pages / balance.max_pfn * 100}%` }))),
		table("", ["Page frames, of 4 KiB", ["Pages", "n"], ["Share", "n"]], [
			...parts.map(([kind, name, pages]) => [coloured(kind, name), number(pages), /** @type {Cell} */ ([percent(pages), "n"])]),
			{ total: true, cells: ["sum", number(all), [percent(all), "n"]] },
			["page frames, max_pfn", number(balance.max_pfn),
				[balance.ok && all === balance.max_pfn ? "✓ balanced" : "✗ NOT balanced", "n"]],
			...balance.not_used.map(step => [`not used, above max_pfn: ${step.why}`, number(step.pages ?? 0), ""])]),
		html("h3", {}, "Who keeps what is reserved"),
		table("", ["Owner", ["From", "n"], ["Pages", "n"]], balance.owners.map(owner =>
			[owner.name, [html("span", { class: "mono" }, hex(owner.start)), "n"], number(owner.pages)]))];
}

/**
 * Kind, words and bytes of what there is.
 * @param {Which} which
 * @param {Range[]} ranges
 * @returns {[string, string, number][]}
 */
function sizes(which, ranges) {
	const sums = totals(ranges);
	/** @type {[string, string, number][]} */
	const found = Object.entries(KINDS[which]).map(([kind, text]) => [kind, text, sums[kind] ?? 0]);
	return found.filter(([kind, , bytes]) => bytes && kind !== "hole");
}

/**
 * How the limit of low memory comes about.
 * @param {Stage[]} stages
 * @param {Stage} stage
 * @returns {HTMLElement[]}
 */
export function limitPanel(stages, stage) {
	const layout = [stage, ...[...stages].reverse()].map(s => s.state.layout.data).find(found => found);
	if (!layout)
		return [missing(stage.state.layout)];
	const d = layout.derivation, most = d.maxmem_end - d.vmalloc_reserve - d.page_offset;
	const found = [
		table("", ["Step", ["Value", "n"], ["Pages", "n"]], [
			["What low memory and vmalloc share ends below pkmap and the fixmap", [hex(d.maxmem_end), "n mono"], ""],
			[`less what vmalloc is to have (${d.vmalloc_why})`, [`− ${size(d.vmalloc_reserve)}`, "n"], ""],
			["less where the kernel's gigabyte begins, PAGE_OFFSET", [`− ${hex(d.page_offset)}`, "n mono"], ""],
			{ total: true, cells: ["the most that low memory can be, MAXMEM", [size(most), "n"],
				[grouped(Math.floor(most / PAGE)), "n"]] }]),
		table("", ["Border", ["Address", "n"], ["Page frame", "n"], "Why"], d.steps.flatMap(step => {
			const what = step.what.replace(/:$/, "");
			return step.pfn === null || what === "that is, MAXMEM" ? [] : [[what, [hex(step.pfn * PAGE), "n mono"],
				number(step.pfn), reason(step, d.steps)]];
		}))];
	return stage.state.layout.data ? found :
		[html("p", { class: "quiet" }, "As it will come out; at this stage it is not known yet."), ...found];
}

/**
 * All ranges as tables.
 * @param {Document} doc
 * @param {Stage} stage
 * @param {import("./inspector.js").Asks} asks
 * @returns {HTMLElement[]}
 */
export function rangesPanel(doc, stage, asks) {
	/** @type {("physical" | "virtual")[]} */
	const both = ["physical", "virtual"];
	return both.flatMap(which => [html("h3", {}, COLUMN_NAMES[which]),
		table(`ranges ${which}`, ["From", "To", ["Size", "n"], "Owner", "Done by"], [...stage[which]].reverse().map(range =>
			[link(hex(range.start), () => asks.choose(which, range), "mono"), [hex(range.end), "mono"],
				[size(range.end - range.start), "n"], coloured(shownKind(range, stage[which]), range.owner), doer(doc, range).call.function]))]);
}

/**
 * What the colours are, and how much of each there is.
 * @param {{which: Which, title: string, ranges: Range[]}[]} columns
 * @returns {HTMLElement[]}
 */
export function legend(columns) {
	return columns.map(({ which, title, ranges }) => {
		const list = html("ul", { class: "legend", "aria-label": `Legend: ${title}` },
			html("li", { class: "quiet" }, title + ":"),
			sizes(which, ranges).map(([kind, text, bytes]) => html("li", {}, swatch(kind),
				html("span", {}, text, " ", html("span", { class: "quiet" }, size(bytes))))));
		if (ranges.some(range => range.kind === "hole"))
			list.append(html("li", {}, swatch("hole"), KINDS[which].hole ?? ""));
		return list;
	});
}
