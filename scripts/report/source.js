// SPDX-License-Identifier: GPL-2.0-only
// The sources: a box with a function, its comment, and the calls that led there.

import { html, sourceLink } from "./dom.js";
import { place } from "./words.js";

/** @typedef {import("./document").Call} Call */
/** @typedef {Record<string, Record<string, string>>} Sources file to line number to text */

/**
 * The lines in a row, as far as there are any, in which a line lies: [number, text].
 * @param {Record<string, string>} lines
 * @param {number} line
 * @returns {[number, string][]}
 */
function around(lines, line) {
	let first = line, last = line;
	while (lines[first - 1] !== undefined)
		first--;
	while (lines[last + 1] !== undefined)
		last++;
	return Array.from({ length: last - first + 1 }, (_, i) => [first + i, lines[first + i] ?? ""]);
}

export class SourceBox {
	/** @param {HTMLDialogElement} box with a .title, a .text and .calls */
	constructor(box) {
		this.box = box;
		/** @type {(name: string) => Element} */
		const part = name => {
			const found = box.querySelector(name);
			if (!found)
				throw new Error(`the box has no ${name}`);
			return found;
		};
		this.title = part(".title");
		this.text = part(".text");
		this.calls = part(".calls");
		// A click beside the box closes it.
		box.addEventListener("click", event => {
			if (event.target === box)
				box.close();
		});
	}

	/**
	 * @param {Sources} sources
	 * @param {Call} call the call that is shown
	 * @param {Call[]} chain it and those around it, the innermost first
	 */
	show(sources, call, chain) {
		const lines = sources[call.file ?? ""] ?? {};
		this.title.textContent = `${call.function}(), ${place(call)}`;
		this.text.replaceChildren(...(lines[call.line] === undefined ?
			["The source file was not there when this page was made."] :
			around(lines, call.line).map(([number, text]) =>
				html("span", { class: number === call.line ? "line hit" : "line" },
					html("span", { class: "number" }, String(number)), html("code", {}, text || " ")))));
		/** @type {(next: Call) => void} */
		const show = next => this.show(sources, next, chain);
		this.calls.replaceChildren(...(chain.length < 2 ? [] : [html("h3", {}, "The chain of calls, the innermost first"),
			html("ol", { class: "chain" }, chain.map(c => html("li", {}, place(c) === place(call) &&
				c.function === call.function ? html("strong", {}, `${c.function}(), ${place(c)}`) :
				sourceLink(show, c, chain))))]));
		if (!this.box.open)
			this.box.showModal();
		const hit = this.text.querySelector(".hit");
		if (hit instanceof HTMLElement)
			this.text.scrollTo({ left: 0, top: hit.offsetTop - this.text.clientHeight / 2 });
	}
}
