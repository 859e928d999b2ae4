// SPDX-License-Identifier: GPL-2.0-only
// The two columns: addresses grow upwards, each column has its own scale and says it. Beside a column stand the
// names of its parts: zones, areas.

import { calm, html, svg } from "./dom.js";
import { Hands } from "./hands.js";
import { extent, partOf, rangeAt, shownKind } from "./model.js";
import { KINDS, hex, kindClass, size } from "./words.js";

/** @typedef {import("./document").Range} Range */
/** @typedef {import("./document").Which} Which */
/** @typedef {import("./model.js").Part} Part */

/**
 * A column: its ranges without gaps, what is seen of it at first, its parts, the free blocks in it, and the
 * pieces that differ from the other column's.
 * @typedef {{id: string, which: Which, title: string, ranges: Range[], first: [number, number],
 *	parts: Part[], blocks: [number, number][], differs: [number, number][]}} Column
 */

/** @typedef {Column & {x: number, left: boolean, extent: [number, number]}} Placed a column in the picture */

/**
 * What is chosen: the range at an address, or a part by its name. exact: it was asked for by its address.
 * @typedef {{column: string, address: number, exact: boolean, part?: string}} Chosen
 */

/**
 * What the map tells the page.
 * @typedef {object} Asks
 * @property {(column: Column, range: Range) => void} choose a range was chosen
 * @property {(column: Column, part: Part) => void} choosePart a zone or an area was
 * @property {(column?: Column, range?: Range) => void} look the pointer is on a range, or has left
 */

const SMALLEST_VIEW = 64;	// bytes
const THIN = 5;			// pixels: what is lower is gathered under a marker
const STRIP = 17;		// pixels: the width of the parts' names
const MOVEMENT = 160;		// milliseconds

/**
 * A range's name, for so many letters.
 * @param {Range} range
 * @param {number} room
 */
function label(range, room) {
	return cut(range.kind !== "free" ? range.owner : room < 22 ? "free" : `free (${range.owner})`, room);
}

/**
 * @param {string} text
 * @param {number} room
 */
function cut(text, room) {
	return text.length > room ? text.slice(0, Math.max(1, room - 1)) + "…" : text;
}

export class MemoryMap {
	/**
	 * @param {HTMLElement} host where the picture goes
	 * @param {HTMLElement} tools where its buttons go
	 * @param {Asks} asks
	 */
	constructor(host, tools, asks) {
		this.host = host;
		this.tools = tools;
		this.asks = asks;
		/** @type {Partial<Record<Which, [number, number]>>} what is seen of each side */
		this.views = {};
		/** @type {Placed[]} */
		this.columns = [];
		/** @type {{left: [number, number], right: [number, number]} | null} */
		this.band = null;
		/** @type {Chosen | null} */
		this.chosen = null;
		this.sameScale = false;
		this.toolsKey = "";
		this.moving = 0;
		this.width = this.top = this.bottom = this.gap = this.columnWidth = 0;
		this.narrow = false;
		new Hands(this);
		new ResizeObserver(() => {
			if (this.columns.length && this.host.clientWidth !== this.width)
				this.draw();
		}).observe(host);
	}

	/**
	 * @param {Column[]} columns left and right
	 * @param {{left: [number, number], right: [number, number]} | null} band what is the same in both
	 * @param {Chosen | null} chosen
	 */
	show(columns, band, chosen) {
		this.columns = columns.map((column, index) => ({ ...column, x: 0, left: index === 0,
			extent: extent(column.ranges) }));
		this.band = band;
		this.chosen = chosen;
		this.drawTools();
		this.draw();
	}

	/** Forgets what was seen: another machine's memory is another. */
	forget() {
		this.views = {};
	}

	/** @param {string} id */
	column(id) {
		return this.columns.find(column => column.id === id);
	}

	/**
	 * @param {Placed} column
	 * @returns {[number, number]}
	 */
	view(column) {
		const [from, to] = this.views[column.which] ?? column.first, leader = this.columns[0];
		if (!this.sameScale || !leader || column.which === leader.which)
			return [from, to];
		const [first, last] = this.view(leader);
		return [from, from + (last - first)];
	}

	/**
	 * @param {Placed} column
	 * @param {number} address
	 */
	y(column, address) {
		const [from, to] = this.view(column);
		return this.bottom - (address - from) / (to - from) * (this.bottom - this.top);
	}

	/**
	 * @param {Placed} column
	 * @param {number} y
	 */
	address(column, y) {
		const [from, to] = this.view(column);
		return from + (this.bottom - y) / (this.bottom - this.top) * (to - from);
	}

	// --- drawing ---

	draw() {
		const focused = this.host.contains(document.activeElement) ?
			/** @type {HTMLElement} */ (document.activeElement).dataset.key : undefined;
		this.place();
		const height = this.bottom + 34;
		const root = svg("svg", { viewBox: `0 0 ${this.width} ${height}`, height,
			class: this.narrow ? "narrow" : "wide", role: "group",
			"aria-label": "Map of memory, low addresses at the bottom" });
		root.append(this.definitions());
		this.drawBand(root);
		for (const column of this.columns)
			this.drawColumn(root, column);
		this.host.replaceChildren(root);
		if (focused !== undefined)
			this.focus(focused);
	}

	/** Where everything goes. */
	place() {
		this.width = Math.max(this.host.clientWidth, 280);
		this.narrow = this.width < 560;
		this.top = 12;
		this.bottom = Math.min(1000, Math.max(430, window.innerHeight * 0.58));
		const digits = Math.max(...this.columns.map(column => this.axisText(this.view(column)[1]).length));
		const axis = STRIP + 10 + digits * (this.narrow ? 6.1 : 6.7);
		this.gap = this.narrow ? 24 : 70;
		this.columnWidth = (this.width - 2 * axis - this.gap) / 2;
		for (const column of this.columns)
			column.x = column.left ? axis : axis + this.columnWidth + this.gap;
	}

	/** @param {number} address */
	axisText(address) {
		return this.narrow ? hex(address).slice(2) : hex(address);
	}

	definitions() {
		/** @type {(id: string, stripes: string) => SVGElement} */
		const hatch = (id, stripes) => svg("pattern", { id, width: 6, height: 6,
			patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
		svg("rect", { width: 6, height: 6, style: "fill: var(--hole-a)" }),
		svg("rect", { width: 2, height: 6, style: `fill: var(${stripes})` }));
		const clip = svg("clipPath", { id: "inside" },
			svg("rect", { x: 0, y: this.top, width: this.width, height: this.bottom - this.top }));
		return svg("defs", {}, hatch("hatch", "--hole-b"), hatch("hatch-devices", "--firmware"), clip);
	}

	/** @param {SVGElement} root */
	drawBand(root) {
		const [left, right] = this.columns;
		if (!this.band || !left || !right)
			return;
		const x0 = left.x + this.columnWidth, x1 = right.x;
		const [a, b] = this.band.left.map(at => this.y(left, at)), [c, d] = this.band.right.map(at => this.y(right, at));
		if (a === undefined || b === undefined || c === undefined || d === undefined)
			return;
		root.append(svg("g", { "clip-path": "url(#inside)", "aria-hidden": "true" },
			svg("polygon", { class: "band", points: `${x0},${a} ${x1},${c} ${x1},${d} ${x0},${b}` })));
		const middle = Math.min(this.bottom - 20, Math.max(this.top + 30, (a + b + c + d) / 4));
		if (!this.narrow)
			root.append(svg("text", { class: "band-text", x: (x0 + x1) / 2, y: middle,
				"text-anchor": "middle", "aria-hidden": "true" }, "one to one"));
	}

	/**
	 * @param {SVGElement} root
	 * @param {Placed} column
	 */
	drawColumn(root, column) {
		const [from, to] = this.view(column);
		const frame = { x: column.x, y: this.top, width: this.columnWidth, height: this.bottom - this.top };
		const group = svg("g", { role: "group", "aria-label": column.title, "data-column": column.id,
			"data-view": `${from} ${to}` });
		group.append(svg("rect", { ...frame, style: "fill: var(--back)" }));
		/** @type {{range: Range, y: number}[]} */
		const thin = [];
		for (const range of [...column.ranges].reverse()) {
			if (range.end <= from || range.start >= to)
				continue;
			const low = Math.min(this.bottom, this.y(column, range.start));
			const high = Math.max(this.top, this.y(column, range.end));
			group.append(this.drawRange(column, range, high, low));
			if (low - high < THIN)
				thin.push({ range, y: (low + high) / 2 });
		}
		this.drawBlocks(group, column, from, to);
		this.drawDifferences(group, column, from, to);
		group.append(svg("rect", { ...frame, class: "frame" }));
		this.drawParts(group, column, from, to);
		this.drawAxis(group, column, from, to);
		this.drawClusters(group, column, thin);
		this.drawPointer(group, column);
		this.drawScale(group, column, from, to);
		root.append(group);
	}

	/**
	 * @param {Placed} column
	 * @param {Range} range
	 * @param {number} high
	 * @param {number} low
	 */
	drawRange(column, range, high, low) {
		const height = Math.max(1, low - high);
		const chosen = this.chosenRange(column) === range;
		const bytes = range.end - range.start, kind = shownKind(range, column.ranges);
		const group = svg("g", {
			class: `range ${kind.replace(" ", "-")}${chosen ? " chosen" : ""}`, tabindex: 0, role: "button",
			"data-key": `${column.id}-${range.start}`, "data-column": column.id, "data-start": range.start,
			"aria-label": `${range.owner}, ${KINDS[column.which][kind]}, ${hex(range.start)} to ` +
				`${hex(range.end)}, ${size(bytes)}` });
		group.append(svg("rect", { class: kindClass(kind), x: column.x, y: high,
			width: this.columnWidth, height }));
		const room = Math.floor((this.columnWidth - 12) / 6.9);
		// An area is named beside the column, and may be cut into many: each piece says that it is one.
		const part = column.which === "virtual" ? partOf(column.parts, range) : null;
		const piece = part && part.end - part.start > bytes && part.name === range.owner;
		if (height >= 36)
			group.append(svg("text", { class: "small", x: column.x + 6, y: high + height / 2 + 16 },
				cut(size(bytes) + (range.zone ? ` · ${range.zone}` : piece ? ` of ${size(part.end - part.start)}` : ""), room)));
		if (height >= 14)
			group.append(svg("text", { x: column.x + 6, y: high + height / 2 + (height >= 36 ? 0 : 4) },
				label(range, room)));
		return group;
	}

	/**
	 * The range of a column that is chosen.
	 * @param {Placed} column
	 */
	chosenRange(column) {
		const chosen = this.chosen;
		return chosen && chosen.column === column.id && chosen.part === undefined ?
			rangeAt(column.ranges, chosen.address) : null;
	}

	/**
	 * Free blocks as lines, where there is room to see them.
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	drawBlocks(group, column, from, to) {
		const seen = column.blocks.filter(([start, end]) => end > from && start < to);
		if (!seen.length || (this.bottom - this.top) / seen.length < 4)
			return;
		const path = seen.map(([start]) => this.y(column, start)).filter(y => y > this.top && y < this.bottom)
			.map(y => `M${column.x},${y}h${this.columnWidth}`).join("");
		group.append(svg("path", { class: "blocks", d: path }));
	}

	/**
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	drawDifferences(group, column, from, to) {
		for (const [start, end] of column.differs)
			if (end > from && start < to) {
				const y = Math.max(this.top, this.y(column, end));
				group.append(svg("rect", { class: "differs", y, x: column.left ?
					column.x + this.columnWidth + 1 : column.x - 5, width: 4,
					height: Math.max(1.5, Math.min(this.bottom, this.y(column, start)) - y) }));
			}
	}

	/**
	 * The parts' names, on the outer side.
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	drawParts(group, column, from, to) {
		const x = column.left ? column.x - STRIP : column.x + this.columnWidth;
		for (const part of column.parts) {
			if (part.end <= from || part.start >= to)
				continue;
			const y = Math.max(this.top, this.y(column, part.end));
			const height = Math.min(this.bottom, this.y(column, part.start)) - y;
			const chosen = this.chosen?.column === column.id && this.chosen.part === part.name;
			const text = `${part.name} · ${size(part.end - part.start)}`;
			const made = svg("g", { class: `part${chosen ? " chosen" : ""}`, role: "button", tabindex: 0,
				"data-column": column.id, "data-part": part.name, "data-key": `${column.id}-part-${part.name}`,
				"aria-label": `${part.why === "zone" ? "Zone " : ""}${text}` },
				svg("title", {}, text),
				svg("rect", { x, y, width: STRIP, height: Math.max(1, height) }));
			const shown = [text, part.name].find(t => t.length * 6.6 + 6 < height);
			if (shown)
				made.append(svg("text", { "text-anchor": "middle", transform:
					`translate(${x + STRIP / 2 + 4},${y + height / 2}) rotate(-90)` }, shown));
			group.append(made);
		}
	}

	/**
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	drawAxis(group, column, from, to) {
		const step = 2 ** Math.ceil(Math.log2((to - from) / ((this.bottom - this.top) / 44)));
		const edge = column.left ? column.x - STRIP : column.x + this.columnWidth + STRIP, way = column.left ? -1 : 1;
		for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
			const y = this.y(column, at);
			group.append(svg("line", { class: "tick", x1: edge, x2: edge + 4 * way, y1: y, y2: y }));
			group.append(svg("text", { class: "axis", x: edge + 6 * way, y: Math.max(this.top + 4, y + 4),
				"text-anchor": column.left ? "end" : "start" }, this.axisText(at)));
		}
	}

	/**
	 * What is too thin to be hit: a marker for each crowd, which zooms to it.
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {{range: Range, y: number}[]} thin the highest first
	 */
	drawClusters(group, column, thin) {
		/** @type {{ranges: Range[], first: number, y: number}[]} */
		const crowds = [];
		for (const { range, y } of thin) {
			const last = crowds[crowds.length - 1];
			if (last && y - last.y < 14) {
				last.ranges.push(range);
				last.y = y;
			} else {
				crowds.push({ ranges: [range], first: y, y });
			}
		}
		const x = column.left ? column.x + this.columnWidth - 13 : column.x - 9;
		let above = this.top - 8;
		for (const crowd of crowds) {
			const start = Math.min(...crowd.ranges.map(r => r.start));
			const end = Math.max(...crowd.ranges.map(r => r.end));
			const y = Math.max(above + 17, Math.min(this.bottom - 9, (crowd.first + crowd.y) / 2));
			above = y;
			const count = crowd.ranges.length, text = `Zoom to ${count} small range${count > 1 ? "s" : ""} ` +
				`between ${hex(start)} and ${hex(end)}`;
			group.append(svg("g", { class: "cluster", tabindex: 0, role: "button", "data-column": column.id,
				"data-from": start, "data-to": end, "data-key": `${column.id}-crowd-${start}`, "aria-label": text },
				svg("title", {}, text),
				svg("rect", { x, y: y - 8, width: 22, height: 16, rx: 8 }),
				svg("text", { x: x + 11, y: y + 4 }, String(count))));
		}
	}

	/**
	 * @param {SVGElement} group
	 * @param {Placed} column
	 */
	drawPointer(group, column) {
		const range = this.chosenRange(column);
		if (!range || !this.chosen)
			return;
		const y = this.y(column, this.chosen.exact ? this.chosen.address : (range.start + range.end) / 2);
		if (y < this.top - 1 || y > this.bottom + 1)
			return;
		const x = column.left ? column.x - 1 : column.x + this.columnWidth + 1;
		group.append(svg("path", { class: "pointer", "aria-hidden": "true",
			d: `M${x},${y}l${column.left ? -10 : 10},-6v12z` }));
	}

	/**
	 * @param {SVGElement} group
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	drawScale(group, column, from, to) {
		const perPixel = (to - from) / (this.bottom - this.top);
		const bytes = 2 ** Math.floor(Math.log2(perPixel * 40)), length = bytes / perPixel;
		const x = column.x, y = this.bottom + 18;
		group.append(svg("path", { class: "scalebar", d: `M${x},${y - 4}v8m0,-4h${length}m0,-4v8` }));
		group.append(svg("text", { class: "axis", x: x + length + 6, y: y + 4 }, `= ${size(bytes)}`));
	}

	drawTools() {
		const key = this.columns.map(column => column.title).join("|") + this.sameScale;
		if (this.toolsKey === key)
			return;
		this.toolsKey = key;
		this.tools.replaceChildren(...this.columns.map(({ id, title, which, left }) => {
			/** @type {(act: (column: Placed) => void) => () => void} */
			const now = act => () => {
				const column = this.column(id);
				if (column)
					act(column);
			};
			/** @type {(text: string, says: string, act: () => void) => HTMLButtonElement} */
			const button = (text, says, act) => html("button", { type: "button", title: says,
				"aria-label": `${title}: ${says}`, onclick: act }, text);
			const box = html("div", { class: "tool" }, html("h3", {}, title),
				button("−", "zoom out", now(column => this.zoom(column, 2))),
				button("+", "zoom in", now(column => this.zoom(column, 0.5))),
				button("All", "all addresses", now(column => this.go(column, ...column.extent))));
			if (which === "physical")
				box.append(button("RAM", "from 0 to the end of RAM", now(column => this.go(column, ...column.first))));
			else if (!left) {
				const scale = button("Same scale", "draw both columns to the same scale", () => {
					this.sameScale = !this.sameScale;
					this.drawTools();
					this.draw();
				});
				scale.setAttribute("aria-pressed", String(this.sameScale));
				box.append(scale);
			}
			return box;
		}));
	}

	// --- moving ---

	/**
	 * Shows addresses [from, to) of a column, in a short movement if the reader likes that.
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	go(column, from, to) {
		const [low, high] = column.extent, [startFrom, startTo] = this.views[column.which] ?? column.first;
		const span = Math.max(SMALLEST_VIEW, Math.min(to - from, high - low));
		from = Math.min(Math.max(from - (span - (to - from)) / 2, low), high - span);
		const begin = performance.now();
		cancelAnimationFrame(this.moving);
		/** @type {(part: number) => void} */
		const set = part => this.see(column, startFrom + (from - startFrom) * part,
			startTo + (from + span - startTo) * part);
		if (calm() || document.hidden)
			return set(1);
		/** @type {(now: number) => void} */
		const step = now => {
			const part = Math.min(1, Math.max(0, (now - begin) / MOVEMENT));
			set(part);
			if (part < 1)
				this.moving = requestAnimationFrame(step);
		};
		step(begin);
	}

	/**
	 * Shows [from, to) at once.
	 * @param {Placed} column
	 * @param {number} from
	 * @param {number} to
	 */
	see(column, from, to) {
		this.views[column.which] = [from, to];
		this.draw();
	}

	/**
	 * Shows `span` bytes from `start` on at once, or what comes nearest to that.
	 * @param {Placed} column
	 * @param {number} start
	 * @param {number} span
	 */
	seeInside(column, start, span) {
		const [low, high] = column.extent;
		cancelAnimationFrame(this.moving);
		span = Math.min(Math.max(span, SMALLEST_VIEW), high - low);
		start = Math.min(Math.max(start, low), high - span);
		this.see(column, start, start + span);
	}

	/**
	 * @param {Placed} column
	 * @param {number} factor how much more is seen
	 * @param {number} [middle] the address that stays where it is
	 */
	zoom(column, factor, middle) {
		const [from, to] = this.view(column), around = middle ?? (from + to) / 2;
		this.go(column, around - (around - from) * factor, around + (to - around) * factor);
	}

	/**
	 * A range and what is around it.
	 * @param {Placed} column
	 * @param {number} start
	 * @param {number} end
	 */
	zoomTo(column, start, end) {
		const around = Math.max((end - start) * 0.6, 32);
		this.go(column, start - around, end + around);
	}

	/**
	 * Moves the view so that a range is in it and can be seen.
	 * @param {string} id the column's
	 * @param {{start: number, end: number}} range
	 */
	reveal(id, range) {
		const column = this.column(id);
		if (!column)
			return;
		const [from, to] = this.view(column), length = range.end - range.start;
		const visible = range.start < to && range.end > from;
		if (!visible || length / (to - from) * (this.bottom - this.top) < THIN)
			this.go(column, range.start - length * 6, range.end + length * 6);
	}

	/** @param {string} key */
	focus(key) {
		/** @type {SVGElement | null} */
		const element = this.host.querySelector(`[data-key="${CSS.escape(key)}"]`);
		element?.focus({ preventScroll: true });
	}
}
