// SPDX-License-Identifier: GPL-2.0-only
// The kernel's log: each line leads to its explanation, to its stage and to the source line that printed it.

import { html } from "./dom.js";
import { place } from "./words.js";

/** @typedef {import("./document").Call} Call */
/** @typedef {import("./document").Document} Document */

/**
 * The lines, for logStage() to mark.
 * @param {Document} doc
 * @param {{setStage: (index: number) => void, showSource: (call: Call, chain: Call[]) => void, explain: (line: number) => void}} asks
 */
export function logLines(doc, asks) {
	let last = -1;
	return doc.log.map((line, index) => {
		const [call] = line.calls, name = doc.stages[line.stage]?.name ?? "";
		const text = html("button", { type: "button", class: "text", title: `Go to stage ${name}`,
			onclick: () => asks.setStage(line.stage) });
		if (line.stage !== last)
			text.append(html("span", { class: "mark" }, `to stage ${name}`));
		last = line.stage;
		text.append(line.text || " ");
		const item = html("li", { "data-stage": line.stage, "data-line": index },
			html("button", { type: "button", class: "ask", title: "What is this?", "aria-label": `Explain: ${line.text}`,
				onclick: () => asks.explain(index) }, "?"), text);
		if (call?.file)
			item.append(html("button", { type: "button", class: "place", title: place(call),
				"aria-label": `Printed by ${call.function}, ${place(call)}`,
				onclick: () => asks.showSource(call, line.calls) },
			place(call).split("/").pop() ?? ""));
		return item;
	});
}

/**
 * Marks a stage's lines in the list, and those that come later; the first of the stage comes into view.
 * @param {HTMLElement} list
 * @param {number} stage
 * @param {ScrollBehavior} behavior
 */
export function logStage(list, stage, behavior) {
	/** @type {HTMLElement[]} */
	const items = [...list.querySelectorAll("li")];
	for (const item of items) {
		item.classList.toggle("now", Number(item.dataset.stage) === stage);
		item.classList.toggle("later", Number(item.dataset.stage) > stage);
	}
	const at = items.find(item => Number(item.dataset.stage) >= stage);
	if (at)
		list.scrollTo({ top: at.offsetTop - list.offsetTop - 4, behavior });
}
