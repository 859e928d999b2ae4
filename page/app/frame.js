// SPDX-License-Identifier: GPL-2.0-only
// One page frame or address, as it stands in the machine's memory now: its struct page, and the ways to it.

import { html, table } from "../../scripts/report/dom.js";
import { PAGE, grouped, hex, sentence } from "../../scripts/report/words.js";
import { walkTables } from "../state/page_tables.js";
import { page } from "../state/pages.js";
import { read } from "../state/read.js";
import { Target } from "../state/target.js";
import { why } from "../state/why.js";

/** @typedef {import("../../scripts/report/dom.js").Cell} Cell */
/** @typedef {import("../state/target.js").Memory} Memory */

/**
 * The walk through the page tables, entry by entry.
 * @param {Memory} machine
 * @param {number} address a virtual one
 */
function walkTable(machine, address) {
	const walk = read(new Target(machine), target => walkTables(target, address));
	if (!walk.data)
		return [html("p", { class: "quiet" }, sentence(walk.missing ?? ""))];
	const { steps, phys } = walk.data;
	return [html("p", {}, "The way through the page tables to ", html("span", { class: "mono" }, hex(address)),
		phys === null ? ": it ends, the address is not mapped." : " leads to physical ",
		phys === null ? "" : html("span", { class: "mono" }, hex(phys)), phys === null ? "" : "."),
	table("", ["Table", ["Entry", "n"], ["at physical", "n"], ["Value", "n"], "Flags"],
		steps.map((/** @type {any} */ step) => [step.level, [String(step.index), "n"], [hex(step.address), "n mono"],
			[hex(step.entry, 16), "n mono"], step.flags.join(" ")]))];
}

/**
 * How the frame came to be what it is: the sentences that the kernel's command why has.
 * @param {Memory} machine
 * @param {number} pfn
 */
function whyParagraph(machine, pfn) {
	const { data, missing } = read(new Target(machine), target => why(target, pfn));
	return html("p", { class: data ? "why" : "quiet" }, data ? data.slice(1).join(" ") : sentence(missing ?? ""));
}

/**
 * @param {Memory} machine
 * @param {number} pfn
 */
function structPage(machine, pfn) {
	const found = read(new Target(machine), target => page(target, pfn));
	if (!found.data)
		return [html("p", { class: "quiet" }, `${sentence(found.missing ?? "")} Before that a page frame has no struct page.`)];
	const p = found.data;
	/** @type {[string, string][]} */
	const facts = [["struct page at", hex(p.page)], ["zone", p.zone ?? "none spans it"],
		["use", p.use ?? "no zone spans it"],
		["_count, _mapcount", `${p.count}, ${p.mapcount - 1}`],
		["flags", `${hex(p.flags)}${p.flag_names.length ? `: ${p.flag_names.join(", ")}` : ""}`],
		["private, index", `${p.private}, ${p.index}`]];
	if (p.pageblock)
		facts.push(["pageblock", p.pageblock]);
	if (p.zone)
		facts.push(["virtual address", p.virtual === null || p.virtual === undefined ?
			"none: high memory, and no window shows it" : hex(p.virtual)]);
	return [html("dl", {}, facts.flatMap(([name, value]) => [html("dt", {}, name), html("dd", {}, value)])),
		...p.virtual ? walkTable(machine, p.virtual) : []];
}

/**
 * @param {Memory} machine
 * @param {{pfn: number} | {virtual: number}} asked
 * @returns {HTMLElement[]}
 */
export function framePanel(machine, asked) {
	if ("pfn" in asked)
		return [html("h3", {}, `Page frame ${grouped(asked.pfn)}, physical ${hex(asked.pfn * PAGE)}`),
			whyParagraph(machine, asked.pfn), ...structPage(machine, asked.pfn)];
	const walk = read(new Target(machine), target => walkTables(target, asked.virtual));
	const phys = walk.data?.phys;
	return [html("h3", {}, `Virtual address ${hex(asked.virtual)}`), ...walkTable(machine, asked.virtual),
		...phys === null || phys === undefined ? [] : [html("h3", {}, `Page frame ${grouped(Math.floor(phys / PAGE))}`),
			whyParagraph(machine, Math.floor(phys / PAGE)), ...structPage(machine, Math.floor(phys / PAGE))]];
}
