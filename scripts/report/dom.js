// SPDX-License-Identifier: GPL-2.0-only
// Elements, and those that all views use.

import { grouped, kindClass, place } from "./words.js";

/** @typedef {import("./document").Call} Call */
/** @typedef {Node | string} Child */
/** @typedef {Child | [Child, string]} Cell a cell's content, and its classes */

const SVG = "http://www.w3.org/2000/svg";

/** Does the reader want no movement? */
export function calm() {
	return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * An element; attributes on... are listeners.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number | ((event: any) => void)>} attributes
 * @param {(Child | Child[])[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function html(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		if (typeof value === "function")
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, String(value));
	element.append(...children.flat());
	return element;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 * @param {Child[]} children
 * @returns {SVGElementTagNameMap[Name]}
 */
export function svg(name, attributes = {}, ...children) {
	const element = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, String(value));
	element.append(...children);
	return element;
}

/** @param {string} kind */
export function swatch(kind) {
	return html("span", { class: `swatch ${kindClass(kind)}`, "aria-hidden": "true" });
}

/**
 * A table that may be wider than its place.
 * @param {string} className
 * @param {Cell[]} head
 * @param {(Cell[] | {total?: boolean, cells: Cell[]})[]} rows
 */
export function table(className, head, rows) {
	/** @type {(name: "th" | "td", value: Cell) => HTMLTableCellElement} */
	const cell = (name, value) => {
		const [content, kind] = Array.isArray(value) ? value : [value, ""];
		return html(name, kind ? { class: kind } : {}, content);
	};
	return html("div", { class: "scroll" }, html("table", { class: className },
		html("thead", {}, html("tr", {}, head.map(h => {
			const made = cell("th", h);
			made.scope = "col";
			return made;
		}))),
		html("tbody", {}, rows.map(row => {
			const [cells, total] = Array.isArray(row) ? [row, false] : [row.cells, row.total];
			return html("tr", total ? { class: "total" } : {}, cells.map(value => cell("td", value)));
		}))));
}

/**
 * A count as a cell.
 * @param {number} n
 * @returns {Cell}
 */
export function number(n) {
	return [grouped(n), "n"];
}

/**
 * What looks like a link and does something on this page.
 * @param {Child} text
 * @param {() => void} act
 */
export function link(text, act, className = "") {
	return html("button", { type: "button", class: `link ${className}`.trim(), onclick: act }, text);
}

/**
 * A place in the sources, which can be looked at.
 * @param {(call: Call, chain: Call[]) => void} show
 * @param {Call} call
 * @param {Call[]} chain
 */
export function sourceLink(show, call, chain) {
	if (!call.file)
		return html("span", {}, `${call.function}()`);
	return link(`${call.function}(), ${place(call)}`, () => show(call, chain), "mono");
}
