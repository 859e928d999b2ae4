// SPDX-License-Identifier: GPL-2.0-only
// What is said of one range, or of a zone or an area.

import { html, link, sourceLink, swatch } from "./dom.js";
import { doer, mapped, partOf, shownKind } from "./model.js";
import { KINDS, PAGE, grouped, hex, meaning, sentence, size } from "./words.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./document").Call} Call */
/** @typedef {import("./document").Document} Document */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Stage} Stage */
/** @typedef {import("./document").Which} Which */
/** @typedef {import("./model.js").Part} Part */

/**
 * What a view asks of the page.
 * @typedef {object} Asks
 * @property {(which: Which, range: Range) => void} choose
 * @property {(which: Which, part: Part) => void} choosePart
 * @property {(index: number) => void} setStage
 * @property {(call: Call, chain: Call[]) => void} showSource
 * @property {(line: number) => void} explain a line of the log, by its number from 0 on
 */

/** @type {Record<string, string>} */
const ZONES = {
	DMA: "the first 16 MiB: all that devices on the ISA bus can reach",
	Normal: "the rest of low memory: the kernel sees it at its own addresses, for good",
	HighMem: "above low memory: the kernel sees a page of it only through a window, made by kmap()",
	Movable: "taken from the other zones by kernelcore= or movablecore=: pages that can be moved elsewhere",
};

const UNUSED = "RAM that the kernel does not use";

/** Rows of names and what there is to say. */
class Rows {
	constructor() {
		/** @type {HTMLElement[]} */
		this.made = [];
	}

	/**
	 * @param {string} name
	 * @param {Child[]} what
	 */
	add(name, ...what) {
		this.made.push(html("dt", {}, name), html("dd", {}, ...what));
	}

	/** @param {{start: number, end: number}} range */
	addExtent({ start, end }) {
		const bytes = end - start, pages = bytes / PAGE;
		this.add("Range", html("span", { class: "mono" }, `${hex(start)} – ${hex(end)}`),
			html("span", { class: "quiet" }, " (end excluded)"));
		this.add("Size", `${size(bytes)} = ${grouped(bytes)} bytes` +
			(bytes % PAGE ? "" : ` = ${grouped(pages)} page${pages === 1 ? "" : "s"}`));
	}

	/** @param {{start: number, end: number}} range */
	addFrames({ start, end }) {
		this.add("Page frames", html("span", { class: "mono" }, start % PAGE || end % PAGE ?
			`${Math.floor(start / PAGE)} – ${Math.ceil(end / PAGE)}, in part` : `${start / PAGE} – ${end / PAGE}`));
	}
}

/**
 * What has become what it is since the stage before: the largest ranges.
 * @param {Document} doc
 * @param {number} index
 * @param {Asks} asks
 */
export function news(doc, index, asks) {
	const stage = doc.stages[index], before = doc.stages[index - 1];
	if (!stage || !before)
		return html("div");
	/** @type {("physical" | "virtual")[]} */
	const both = ["physical", "virtual"];
	const fresh = both.flatMap(which => stage[which].filter(r => r.since === index).map(range => ({ which, range })));
	const largest = fresh.sort((a, b) => b.range.end - b.range.start - (a.range.end - a.range.start)).slice(0, 8);
	return html("div", {}, html("h3", {}, fresh.length ? `New since stage ${before.name}` +
		(fresh.length > 8 ? ` (the largest 8 of ${fresh.length})` : "") : "No range has changed hands at this stage"),
	html("ul", { class: "news" }, largest.map(({ which, range }) => html("li", {},
		link(range.owner, () => asks.choose(which, range)), " ",
		html("span", { class: "quiet" }, `${size(range.end - range.start)}, ${which} ${hex(range.start)}`)))));
}

/** What stands there as long as nothing is chosen. */
export function invitation() {
	return html("p", { class: "quiet" },
		"Point to a range, or choose one, to see who owns it and which function did it.");
}

/**
 * One range.
 * @param {Document} doc
 * @param {Stage} stage
 * @param {Which} which
 * @param {Range} range
 * @param {Part[]} parts of its column
 * @param {Asks} asks
 */
export function rangeSheet(doc, stage, which, range, parts, asks) {
	const rows = new Rows(), by = doer(doc, range), part = partOf(parts, range), kind = shownKind(range, stage[which]);
	rows.addExtent(range);
	rows.add("Kind", KINDS[which][kind] ?? kind);
	rows.add("Owner", range.owner + (range.why ? `: ${range.why}` : ""));
	if (which === "physical")
		addPhysical(rows, doc, stage, range);
	if (part)
		rows.add(which === "physical" ? "Zone" : "Part of", link(part.name, () => asks.choosePart(which, part)),
			part.start < range.start || part.end > range.end ? `, ${size(part.end - part.start)} in all` : "");
	if (which === "virtual")
		addMapping(rows, range);
	rows.add(by.text ? "Became so" : "Done by", by.text ? by.text + " " : "",
		sourceLink(asks.showSource, by.call, by.chain));
	rows.add("So since", link(`stage ${doc.stages[range.since]?.name}`, () => asks.setStage(range.since)));
	const sheet = html("div", {}, html("div", { class: "chosen-name" }, swatch(kind), range.owner),
		html("dl", {}, rows.made));
	if (by.chain.length > 1)
		sheet.append(html("details", {}, html("summary", {}, `Called by (${by.chain.length - 1})`),
			html("ol", { class: "chain" }, by.chain.slice(1).map(call =>
				html("li", {}, sourceLink(asks.showSource, call, by.chain))))));
	return sheet;
}

/**
 * Why the kernel leaves RAM unused.
 * @param {Stage} stage
 * @param {Range} range
 */
function notUsed(stage, range) {
	const step = stage.state.layout.data?.derivation.steps.find(({ pages, pfn }) => pages !== null && pfn !== null &&
		pfn * PAGE <= range.start);
	if (step)
		return `It lies above the last page frame that is used (${step.why}).`;
	return range.end - range.start < PAGE ? "A piece of a page frame: the kernel uses whole ones only." :
		"It is not in early_node_map, the kernel's own list of RAM.";
}

/**
 * @param {Rows} rows
 * @param {Document} doc
 * @param {Stage} stage
 * @param {Range} range
 */
function addPhysical(rows, doc, stage, range) {
	const why = meaning(range, stage.physical, doer(doc, range).chain);
	if (range.kind === "firmware")
		rows.add("In the map", `The memory map calls it “${range.owner.replace(/, says the memory map$/, "")}”` +
			(why ? `. ${sentence(why.text)}` : "."));
	else if (why)
		rows.add("Why", sentence(why.text));
	else if (range.owner === UNUSED)
		rows.add("Why", notUsed(stage, range));
	rows.addFrames(range);
	const direct = mapped(stage.virtual);
	if (direct && range.start < direct.physical[1])
		rows.add("Seen at", html("span", { class: "mono" }, hex(range.start - direct.physical[0] + direct.virtual[0])));
	else if (range.zone === "HighMem")
		rows.add("Seen at", "no address: only through a window of kmap()");
}

/**
 * @param {Rows} rows
 * @param {Range} range
 */
function addMapping(rows, range) {
	const m = range.mapping;
	if (!m) {
		rows.add("Mapped", "not mapped");
		return;
	}
	rows.add("Shows", "physical ", html("span", { class: "mono" }, hex(m.phys)), " and up");
	rows.add("Mapped", `${m.write ? "writable" : "read-only"}, ${m.execute ? "executable" : "not executable"}` +
		`, in pages of ${size(m.page)}${m.global ? ", global" : ""}${m.cache ? "" : ", uncached"}`);
}

/**
 * A zone or an area.
 * @param {Stage} stage
 * @param {Which} which
 * @param {Part} part
 */
export function partSheet(stage, which, part) {
	const rows = new Rows(), zone = stage.state.zones.data?.find(z => which === "physical" && z.name === part.name);
	rows.addExtent(part);
	if (zone) {
		const share = stage.state.balance.data?.zones[zone.name];
		rows.add("What for", ZONES[zone.name] ?? "");
		rows.addFrames(part);
		rows.add("Spanned", `${grouped(zone.spanned)} page frames, from its first to its last`);
		rows.add("Present", `${grouped(zone.present)} pages of RAM, as the kernel counts: it has taken off what mem_map ` +
			"needs for this zone" + (share === undefined ? "" : `, ${grouped(share)} pages`) +
			", wherever mem_map lies");
		rows.add("Free", stage.state.balance.data ? `${grouped(zone.free)} pages` : "none yet: before mem_init()");
		if (zone.watermark.high)
			rows.add("Watermarks", `min ${grouped(zone.watermark.min)}, low ${grouped(zone.watermark.low)}, ` +
				`high ${grouped(zone.watermark.high)} pages`);
	} else {
		rows.add("What for", part.why);
		const pieces = stage[which].filter(r => r.start >= part.start && r.end <= part.end).length;
		if (pieces > 1)
			rows.add("Pieces", `${pieces}: it is cut where its use changes, or how it is mapped (the size of the pages, ` +
				"the permissions)");
	}
	return html("div", {}, html("div", { class: "chosen-name" }, zone ? `Zone ${part.name}` : part.name),
		html("dl", {}, rows.made));
}

/**
 * A range in one line, for right below the map.
 * @param {Document} doc
 * @param {Range} range
 * @returns {Child[]}
 */
export function briefly(doc, range) {
	const by = doer(doc, range);
	return [html("strong", {}, range.owner), ` · ${size(range.end - range.start)} · `,
		html("span", { class: "mono" }, `${hex(range.start)} – ${hex(range.end)}`),
		` · ${by.text ? `became so ${by.text}` : "by"} ${by.call.function}()`];
}
