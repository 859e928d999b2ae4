// SPDX-License-Identifier: GPL-2.0-only
// The page: which machine, which stage, which range; and what has to be drawn anew then.

import { calm, html, link } from "./dom.js";
import { differencePanel } from "./difference.js";
import { ExplanationBox } from "./explanation.js";
import { briefly, invitation, news, partSheet, rangeSheet } from "./inspector.js";
import { logLines, logStage } from "./log.js";
import { MemoryMap } from "./map.js";
import { areas, blocks, differing, extent, mapped, ramEnd, rangeAt, zones } from "./model.js";
import { balancePanel, freePanel, legend, limitPanel, rangesPanel } from "./panels.js";
import { find, nearestStage } from "./search.js";
import { SourceBox } from "./source.js";
import { COLUMN_NAMES } from "./words.js";

/** @typedef {import("./document").Call} Call */
/** @typedef {import("./document").Document} Document */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Stage} Stage */
/** @typedef {import("./document").Which} Which */
/** @typedef {import("./map.js").Chosen} Chosen */
/** @typedef {import("./map.js").Column} Column */
/** @typedef {import("./model.js").Part} Part */
/** @typedef {import("./search.js").Answer} Answer */

const MOST_ANSWERS = 8;
const ADDRESS_PAUSE = 100;	// milliseconds
const FIRST_STAGE = "buddy";	// what is seen where the address names none

/**
 * An element of the page's own.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function element(id, kind) {
	const found = document.getElementById(id);
	if (!(found instanceof kind))
		throw new Error(`the page has no ${id}`);
	return found;
}

/** @param {string} id */
export function box(id) {
	return element(id, HTMLElement);
}

/**
 * A part of the page's address; empty where it can't be read.
 * @param {string} text
 */
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return "";
	}
}

export class Page {
	/** @param {Document[]} documents */
	constructor(documents) {
		this.documents = documents;
		this.machine = this.index = 0;
		/** @type {Chosen | null} */
		this.chosen = null;
		/** @type {string | null} what was searched and found */
		this.asked = null;
		this.named = -ADDRESS_PAUSE;
		this.naming = 0;
		this.source = new SourceBox(element("source", HTMLDialogElement));
		this.explanation = new ExplanationBox(element("explanation", HTMLDialogElement));
		this.map = new MemoryMap(box("canvas"), box("tools"), {
			choose: (column, range) => this.choose(column.id, range.start),
			choosePart: (column, part) => this.choosePart(column.id, part),
			look: (column, range) => this.drawInspector(column, range),
		});
		/** @type {import("./inspector.js").Asks} what the views ask */
		this.asks = {
			choose: (which, range) => this.chooseAndReveal(which, range),
			choosePart: (which, part) => this.choosePart(which, part),
			setStage: index => this.setStage(index),
			showSource: (call, chain) => this.source.show(this.sourcesOf(call), call, chain),
			explain: line => this.explanation.showLine(this.doc.log.map(one => one.text), line),
		};
		this.narrow = window.matchMedia("(max-width: 900px)");
	}

	/** Draws all, as the page's address asks. */
	start() {
		this.listen();
		const { index, asked } = this.addressed();
		this.index = index;
		this.drawMachine();
		this.ask(asked);
	}

	get doc() {
		return this.at(this.documents, this.machine);
	}

	get stage() {
		return this.at(this.doc.stages, this.index);
	}

	/** The machine it is compared with, at the stage of the same name. */
	get other() {
		if (this.documents.length < 2)
			return null;
		const doc = this.at(this.documents, Number(element("other", HTMLSelectElement).value));
		const stage = doc.stages.find(s => s.name === this.stage.name);
		return stage ? { doc, stage } : null;
	}

	get beside() {
		return this.documents.length > 1 && element("beside", HTMLInputElement).checked;
	}

	/**
	 * @template T
	 * @param {T[]} list
	 * @param {number} index
	 * @returns {T}
	 */
	at(list, index) {
		const found = list[index];
		if (found === undefined)
			throw new RangeError(`there is no number ${index}`);
		return found;
	}

	/** @param {Call} call */
	sourcesOf(call) {
		return (this.documents.find(doc => doc.sources[call.file ?? ""]) ?? this.doc).sources;
	}

	/** @returns {Column[]} */
	columns() {
		/** @type {(id: string, which: Which, doc: Document, stage: Stage, title: string) => Column} */
		const make = (id, which, doc, stage, title) => ({ id, which, title, ranges: stage[which], differs: [],
			first: which === "physical" ? [0, ramEnd(this.at(doc.stages, doc.stages.length - 1).physical)] :
				extent(stage[which]),
			parts: which === "physical" ? zones(stage) : areas(stage),
			blocks: which === "physical" ? blocks(stage.state.freelist.data ?? {}) : [] });
		const other = this.beside ? this.other : null;
		if (!other)
			return [make("physical", "physical", this.doc, this.stage, COLUMN_NAMES.physical),
				make("virtual", "virtual", this.doc, this.stage, COLUMN_NAMES.virtual)];
		const left = make("physical", "physical", this.doc, this.stage, this.doc.title);
		const right = make("other", "physical", other.doc, other.stage, other.doc.title);
		const first = left.first[1] > right.first[1] ? left.first : right.first;
		const differs = differing(left.ranges, right.ranges);
		return [left, right].map(column => ({ ...column, first, differs }));
	}

	// --- drawing ---

	drawMap() {
		const columns = this.columns(), direct = this.beside ? null : mapped(this.stage.virtual);
		this.map.show(columns, direct && { left: direct.physical, right: direct.virtual }, this.chosen);
		box("legend").replaceChildren(...legend(columns));
	}

	drawStage() {
		const { doc, stage, index } = this, slider = element("stage", HTMLInputElement);
		slider.value = String(index);
		slider.setAttribute("aria-valuetext", `${stage.name}: ${stage.meaning}`);
		element("previous", HTMLButtonElement).disabled = index === 0;
		element("next", HTMLButtonElement).disabled = index === doc.stages.length - 1;
		[...box("stage-names").children].forEach((item, i) => item.classList.toggle("now", i === index));
		box("stage-name").textContent = `${stage.name}:`;
		box("stage-meaning").textContent = stage.meaning + ",";
		box("stage-source").replaceChildren(stage.when + " ", this.stageSource(stage));
		if (this.chosen && !this.stillThere(this.chosen))
			this.chosen = null;
		this.drawMap();
		this.drawInspector();
		logStage(box("log"), index, calm() ? "auto" : "smooth");
		this.drawFree();
		box("balance").replaceChildren(...balancePanel(stage));
		box("limit").replaceChildren(...limitPanel(doc.stages, stage));
		this.drawRanges();
		this.drawWords();
		if (this.documents.length > 1)
			box("difference").replaceChildren(...(this.other ? differencePanel({ doc, stage }, this.other) :
				[html("p", {}, `The other boot was not stopped at stage ${stage.name}.`)]));
		this.nameInAddress();
	}

	/** @param {Stage} stage */
	stageSource({ source }) {
		return link(`${source.function}(), ${source.file}:${source.line}`,
			() => this.asks.showSource(source, [source]), "mono");
	}

	drawFree() {
		box("free").replaceChildren(...freePanel(this.stage, this.narrow.matches));
	}

	drawRanges() {
		if (element("ranges-details", HTMLDetailsElement).open)
			box("ranges").replaceChildren(...rangesPanel(this.doc, this.stage, this.asks));
	}

	/** All words, with the numbers that the log has by now. */
	drawWords() {
		if (element("words-details", HTMLDetailsElement).open)
			box("words").replaceChildren(...this.explanation.words(this.doc.log.map(line => line.text)));
	}

	/**
	 * What the pointer is on, or else what is chosen.
	 * @param {Column} [column]
	 * @param {Range} [range]
	 */
	drawInspector(column, range) {
		const host = box("inspector"), brief = box("brief"), chosen = this.chosen;
		if (!range && chosen) {
			column = this.map.column(chosen.column);
			const part = column?.parts.find(p => p.name === chosen.part);
			if (column && part) {
				host.replaceChildren(partSheet(this.momentOf(column).stage, column.which, part));
				brief.replaceChildren();
				return;
			}
			range = column && rangeAt(column.ranges, chosen.address) || undefined;
		}
		if (!column || !range) {
			host.replaceChildren(invitation(), this.beside ? "" : news(this.doc, this.index, this.asks));
			brief.replaceChildren();
			return;
		}
		const { doc, stage } = this.momentOf(column);
		host.replaceChildren(rangeSheet(doc, stage, column.which, range, column.parts, this.asks));
		brief.replaceChildren(...briefly(doc, range));
	}

	/**
	 * The machine and the stage that a column shows.
	 * @param {Column} column
	 */
	momentOf(column) {
		return (column.id === "other" ? this.other : null) ?? { doc: this.doc, stage: this.stage };
	}

	drawMachine() {
		const { doc } = this, { loader, boot_allocator: allocator, command_line: words } = doc.machine;
		box("machine-title").textContent = doc.title;
		box("machine-facts").textContent = `Loaded by ${loader}. Boot allocator: ${allocator}. Command line: ${words}`;
		box("version").textContent = doc.version;
		element("stage", HTMLInputElement).max = String(doc.stages.length - 1);
		box("stage-names").replaceChildren(...doc.stages.map((stage, i) =>
			html("li", { title: stage.meaning, onclick: () => this.setStage(i) }, stage.name)));
		box("log").replaceChildren(...logLines(doc, this.asks));
		this.map.forget();
		this.chosen = null;
		this.setStage(this.index);
	}

	// --- what the reader does ---

	/** @param {number} index */
	setStage(index) {
		this.index = Math.min(Math.max(index, 0), this.doc.stages.length - 1);
		this.drawStage();
	}

	/**
	 * What was chosen by its address stays chosen: what is there now.
	 * @param {Chosen} chosen
	 */
	stillThere(chosen) {
		const column = this.columns().find(c => c.id === chosen.column);
		return column !== undefined && (chosen.part === undefined ? rangeAt(column.ranges, chosen.address) !== null :
			column.parts.some(part => part.name === chosen.part));
	}

	/**
	 * @param {string} column its id
	 * @param {number} address
	 */
	choose(column, address, exact = false) {
		this.chosen = { column, address, exact };
		this.drawMap();
		this.drawInspector();
	}

	/**
	 * @param {Which} which
	 * @param {Range} range
	 */
	chooseAndReveal(which, range, address = range.start) {
		this.alone();
		this.choose(which, address, address !== range.start);
		this.map.reveal(which, range);
	}

	/**
	 * @param {string} id the column's
	 * @param {Part} part
	 */
	choosePart(id, part) {
		this.chosen = { column: id, address: part.start, exact: false, part: part.name };
		this.drawMap();
		this.drawInspector();
		const column = this.map.column(id);
		if (column)
			this.map.zoomTo(column, part.start, part.end);
	}

	/** One machine alone is in the map: both its sides can be seen. */
	alone() {
		if (this.beside) {
			element("beside", HTMLInputElement).checked = false;
			this.drawMap();
		}
	}

	/** @param {Answer} answer */
	show(answer) {
		this.alone();
		if (answer.part)
			this.choosePart(answer.which, answer.part);
		else
			this.chooseAndReveal(answer.which, answer.range, answer.address);
	}

	/** @param {string} text */
	find(text) {
		const { what, found } = find(this.stage, text), [best] = found, results = box("results");
		this.asked = best ? text.trim() : null;
		this.nameInAddress();
		if (!best) {
			results.replaceChildren(html("p", {}, `Nothing found for ${what} at stage ${this.stage.name}. `,
				...this.otherwhere(text)));
			return;
		}
		const shown = found.slice(0, MOST_ANSWERS), rest = found.length - shown.length;
		results.replaceChildren(html("p", {}, `${what}: `, ...shown.flatMap((answer, i) => [i ? "; " : "",
			link(answer.text, () => this.show(answer))]), rest ? ` and ${rest} more` : ""));
		this.show(best);
	}

	/**
	 * Where a name isn't known at this stage, but at another.
	 * @param {string} text
	 */
	otherwhere(text) {
		const { stages } = this.doc, nearest = nearestStage(stages, this.index, text);
		return nearest < 0 ? [] : ["There is at ", link(`stage ${this.at(stages, nearest).name}`, () => {
			this.setStage(nearest);
			this.find(text);
		}), "."];
	}

	/**
	 * The page's address names the stage and what was searched: it can be kept and sent. Browsers refuse what
	 * changes it too often, as a slider does.
	 */
	nameInAddress() {
		const wait = this.named + ADDRESS_PAUSE - performance.now();
		clearTimeout(this.naming);
		if (wait > 0) {
			this.naming = setTimeout(() => this.nameInAddress(), wait);
			return;
		}
		const asked = this.asked ? "=" + encodeURIComponent(this.asked) : "";
		this.named = performance.now();
		history.replaceState(null, "", `#${this.stage.name}${asked}`);
	}

	/** What the page's address asks for: a stage, and what is to be searched. */
	addressed() {
		const [name = "", ...asked] = location.hash.slice(1).split("="), { stages } = this.doc;
		const [named, first] = [decoded(name), FIRST_STAGE].map(wanted => stages.findIndex(s => s.name === wanted));
		return { index: [named, first, stages.length - 1].find(index => index !== undefined && index >= 0) ?? 0,
			asked: decoded(asked.join("=")) };
	}

	/** Does what the page's address asks for. */
	follow() {
		const { index, asked } = this.addressed();
		this.setStage(index);
		this.ask(asked);
	}

	/** @param {string} text */
	ask(text) {
		element("search", HTMLInputElement).value = text;
		if (text.trim())
			this.find(text);
		else
			box("results").replaceChildren();
	}

	listen() {
		const slider = element("stage", HTMLInputElement), search = element("search", HTMLInputElement);
		slider.addEventListener("input", () => this.setStage(Number(slider.value)));
		box("previous").addEventListener("click", () => this.setStage(this.index - 1));
		box("next").addEventListener("click", () => this.setStage(this.index + 1));
		box("search-form").addEventListener("submit", event => {
			event.preventDefault();
			this.ask(search.value);
		});
		const only = element("log-stage-only", HTMLInputElement);
		only.addEventListener("change", () => {
			box("log").classList.toggle("only", only.checked);
			logStage(box("log"), this.index, "auto");
		});
		box("ranges-details").addEventListener("toggle", () => this.drawRanges());
		box("words-details").addEventListener("toggle", () => this.drawWords());
		this.narrow.addEventListener("change", () => this.drawFree());
		window.addEventListener("hashchange", () => this.follow());
		if (document.getElementById("machine"))
			for (const id of ["machine", "other", "beside"])
				box(id).addEventListener("change", () => {
					this.machine = Number(element("machine", HTMLSelectElement).value);
					this.drawMachine();
				});
	}
}
