// SPDX-License-Identifier: GPL-2.0-only
// The box in which a line of the log or a word is explained, and the list of all words.

import { html } from "./dom.js";
import { Book } from "./explain.js";

/** @typedef {import("./explain.js").Entry} Entry */
/** @typedef {import("./explain.js").Found} Found */
/** @typedef {import("./explain.js").Said} Said */
/** @typedef {import("./explain.js").Texts} Texts */

/** The texts, which the page has in it. */
export function texts() {
	/** @type {Texts} */
	const found = JSON.parse(document.getElementById("explanations")?.textContent || '{"entries": [], "constants": {}}');
	return found;
}

export class ExplanationBox {
	/** @param {HTMLDialogElement} dialog */
	constructor(dialog) {
		this.dialog = dialog;
		this.texts = texts();
		this.book = new Book(this.texts, []);
		// A click beside the box closes it.
		dialog.addEventListener("click", event => {
			if (event.target === dialog)
				dialog.close();
		});
	}

	/**
	 * @param {string[]} log
	 * @param {number} index the line's, from 0 on
	 */
	showLine(log, index) {
		const line = log[index] ?? "";
		this.book = new Book(this.texts, log);
		const found = this.book.explainLine(line);
		if (found)
			this.open(this.numbered(line, found), this.sheet(this.book.show(found.entry, found, "")));
		else
			this.open([line], [html("p", {}, "There is no explanation of this line.")]);
	}

	/** @param {string} word */
	showWord(word) {
		const found = this.book.byWord(word);
		this.open([word], found.length ? found.flatMap(({ entry, field }) => field === null ?
			this.sheet(this.book.show(entry)) :
			[html("p", {}, html("b", {}, `${word} of ${entry.names.join(", ")}: `), this.book.said(field))]) :
			[html("p", {}, "There is no explanation of this word.")]);
	}

	/**
	 * @param {(Node | string)[]} title
	 * @param {HTMLElement[]} content
	 */
	open(title, content) {
		this.dialog.querySelector(".title")?.replaceChildren(...title);
		this.dialog.querySelector(".content")?.replaceChildren(...content);
		if (!this.dialog.open)
			this.dialog.showModal();
	}

	/**
	 * The line, each of its numbers and words that are explained a button.
	 * @param {string} line
	 * @param {Found} found
	 */
	numbered(line, found) {
		/** @type {(Node | string)[]} */
		const parts = [];
		let at = 0;
		for (const { name, text, start } of found.captured.filter(one => one.text)) {
			parts.push(line.slice(at, start), html("button", { type: "button", class: "hole", title: name,
				onclick: () => this.point(name) }, text));
			at = start + text.length;
		}
		return [...parts, line.slice(at)];
	}

	/**
	 * Marks what is said of one number of the line.
	 * @param {string} name
	 */
	point(name) {
		for (const item of this.dialog.querySelectorAll("dl > div")) {
			const hit = item instanceof HTMLElement && (item.dataset.names ?? "").split(" ").includes(name);
			item.classList.toggle("hit", hit);
			if (hit)
				item.scrollIntoView({ block: "nearest" });
		}
	}

	/**
	 * What is said of an entry.
	 * @param {Said} said
	 * @returns {HTMLElement[]}
	 */
	sheet(said) {
		/** @type {HTMLElement[]} */
		const parts = [html("p", {}, said.title ? html("b", {}, `${said.title}: `) : "", said.text)];
		if (said.fields.length)
			parts.push(html("dl", {}, said.fields.map(({ names, shown, text }) =>
				html("div", { "data-names": names.join(" ") }, html("dt", {}, names.join(", "),
					shown ? html("span", { class: "mono quiet" }, ` ${shown}`) : ""), html("dd", {}, text)))));
		if (said.code.length)
			parts.push(html("p", { class: "quiet" }, `In ${said.code.map(name => `${name}()`).join(", ")}.`));
		if (said.tries.length)
			parts.push(html("p", {}, "Try: ", said.tries.flatMap((one, i) => [i ? ", " : "", html("code", {}, one)])));
		if (said.see.length)
			parts.push(html("p", {}, "See: ", said.see.flatMap((one, i) => [i ? ", " : "",
				html("button", { type: "button", class: "link", onclick: () => this.showWord(one) }, one)])));
		return parts;
	}

	/**
	 * All words, with what the log says of their numbers.
	 * @param {string[]} log
	 */
	words(log) {
		this.book = new Book(this.texts, log);
		return this.book.entries.filter(entry => entry.kind === "terms")
			.sort((a, b) => (a.names[0] ?? "").toLowerCase() < (b.names[0] ?? "").toLowerCase() ? -1 : 1)
			.flatMap(entry => [html("dt", {}, entry.names.join(", ")), html("dd", {}, this.book.said(entry.text))]);
	}
}
