// SPDX-License-Identifier: GPL-2.0-only
// The reader's hands on the map: mouse, wheel, fingers, keyboard.

import { rangeAt } from "./model.js";

/** @typedef {import("./map.js").MemoryMap} MemoryMap */
/** @typedef {import("./map.js").Placed} Placed */
/** @typedef {import("./document").Range} Range */
/** @typedef {import("./model.js").Part} Part */

/**
 * What is under the pointer or has the focus: a range, a part, or a marker for small ranges.
 * @typedef {{column: Placed, range: Range | null, part: Part | null, crowd: [number, number] | null}} Target
 */

const HAND = 4;			// pixels: a mouse that moves less has clicked
const FINGERS = 8;		// pixels: what is nearer together is one

export class Hands {
	/** @param {MemoryMap} map */
	constructor(map) {
		this.map = map;
		/** @type {Map<number, {x: number, y: number}>} those that are down */
		this.pointers = new Map();
		this.dragged = false;
		/** @type {string | undefined} the column in which it began */
		this.dragColumn = undefined;
		this.dragStart = 0;
		this.listen(map.host);
	}

	/** @param {HTMLElement} host */
	listen(host) {
		host.addEventListener("click", event => {
			const at = this.target(event);
			if (at && !this.dragged)
				this.open(at);
		});
		host.addEventListener("dblclick", event => {
			const at = this.target(event);
			if (at?.range)
				this.map.zoomTo(at.column, at.range.start, at.range.end);
		});
		for (const kind of ["pointerover", "focusin"])
			host.addEventListener(kind, event => {
				const at = this.target(event);
				if (at?.range && !this.pointers.size)
					this.map.asks.look(at.column, at.range);
			});
		host.addEventListener("pointerleave", () => this.map.asks.look());
		host.addEventListener("keydown", event => this.key(event));
		host.addEventListener("wheel", event => {
			const column = event.ctrlKey || event.metaKey ? this.columnAt(event) : undefined;
			if (!column)
				return;
			event.preventDefault();
			this.zoomAt(column, Math.exp(event.deltaY * 0.002), event);
		}, { passive: false });
		host.addEventListener("pointerdown", event => this.down(event));
		host.addEventListener("pointermove", event => this.move(event));
		for (const kind of /** @type {const} */ (["pointerup", "pointercancel"]))
			window.addEventListener(kind, event => this.pointers.delete(event.pointerId));
	}

	/**
	 * @param {Event} event
	 * @returns {Target | null}
	 */
	target(event) {
		const element = event.target instanceof Element ? event.target.closest("[data-key]") : null;
		if (!(element instanceof SVGElement))
			return null;
		const { column: id = "", start, part, from, to } = element.dataset, column = this.map.column(id);
		return column ? { column, range: start === undefined ? null : rangeAt(column.ranges, Number(start)),
			part: column.parts.find(p => p.name === part) ?? null,
			crowd: from === undefined ? null : [Number(from), Number(to)] } : null;
	}

	/** @param {Target} at */
	open(at) {
		if (at.crowd)
			this.map.zoomTo(at.column, ...at.crowd);
		else if (at.part)
			this.map.asks.choosePart(at.column, at.part);
		else if (at.range)
			this.map.asks.choose(at.column, at.range);
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		const at = this.target(event);
		if (!at || event.ctrlKey || event.altKey || event.metaKey)
			return;
		const act = this.meant(event.key, at);
		if (!act)
			return;
		event.preventDefault();
		act();
	}

	/**
	 * What a key does.
	 * @param {string} key
	 * @param {Target} at
	 * @returns {(() => void) | null}
	 */
	meant(key, at) {
		const { map } = this, { column, range } = at;
		switch (key) {
		case "+":
		case "=":
			return () => map.zoom(column, 0.5, range ? (range.start + range.end) / 2 : undefined);
		case "-":
			return () => map.zoom(column, 2);
		case "0":
			return () => map.go(column, ...column.first);
		case "Enter":
			return () => {
				this.open(at);
				if (range)
					map.zoomTo(column, range.start, range.end);
			};
		case " ":
			return () => this.open(at);
		case "ArrowUp":
			return range && (() => this.step(column, range, 1));
		case "ArrowDown":
			return range && (() => this.step(column, range, -1));
		default:
			return null;
		}
	}

	/**
	 * The next range up or down becomes the focused one, in view.
	 * @param {Placed} column
	 * @param {Range} range
	 * @param {1 | -1} way
	 */
	step(column, range, way) {
		const { map } = this, next = column.ranges[column.ranges.indexOf(range) + way];
		if (!next)
			return;
		map.asks.choose(column, next);
		const [from, to] = map.view(column);
		if (next.start >= to || next.end <= from)
			map.go(column, next.start - (to - from) / 2, next.start + (to - from) / 2);
		map.focus(`${column.id}-${next.start}`);
	}

	/** @param {MouseEvent} event */
	columnAt(event) {
		const { map } = this, x = event.clientX - map.host.getBoundingClientRect().left;
		return map.columns.find(column => x >= column.x - map.gap / 2 && x <= column.x + map.columnWidth + map.gap / 2);
	}

	/**
	 * What is under the pointer stays there.
	 * @param {Placed} column
	 * @param {number} factor
	 * @param {MouseEvent} event
	 */
	zoomAt(column, factor, event) {
		const { map } = this, [from, to] = map.view(column);
		const middle = map.address(column, event.clientY - map.host.getBoundingClientRect().top);
		map.seeInside(column, middle - (middle - from) * factor, (to - from) * factor);
	}

	/** @param {PointerEvent} event */
	down(event) {
		this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
		this.dragged = false;
		this.dragColumn = this.columnAt(event)?.id;
		this.dragStart = event.clientY;
	}

	/** @param {PointerEvent} event */
	move(event) {
		const { map } = this, old = this.pointers.get(event.pointerId);
		const column = this.dragColumn === undefined ? undefined : map.column(this.dragColumn);
		if (!old || !column)
			return;
		const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
		if (other) {
			const before = Math.abs(old.y - other.y), after = Math.abs(event.clientY - other.y);
			if (before > FINGERS && after > FINGERS)
				this.zoomAt(column, before / after, event);
			this.dragged = true;
		} else if (event.pointerType === "mouse" && (this.dragged || Math.abs(event.clientY - this.dragStart) > HAND)) {
			this.dragged = true;
			const [from, to] = map.view(column);
			const moved = (event.clientY - old.y) / (map.bottom - map.top) * (to - from);
			map.seeInside(column, from + moved, to - from);
		}
		this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
	}
}
