// SPDX-License-Identifier: GPL-2.0-only
// The two columns: addresses grow upwards, each column has its own scale and says it.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST_VIEW = 64;	// bytes
const THIN = 5;			// pixels: what is lower is gathered under a marker
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

function svg(name, attributes = {}, ...children) {
	const element = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
}

class MemoryMap {
	// asks: {choose(column, range), look(column, range)}
	constructor(host, tools, asks) {
		this.host = host;
		this.tools = tools;
		this.asks = asks;
		this.views = {};
		this.columns = [];
		this.sameScale = false;
		this.pointers = new Map();
		this.listen();
	}

	// columns: [{id, which, title, ranges, first: [from, to], blocks, differs}], left and right
	show(columns, band, chosen) {
		this.columns = columns;
		this.band = band;
		this.chosen = chosen;
		for (const column of columns) {
			column.extent = extent(column.ranges);
			if (!this.views[column.which])
				this.views[column.which] = [...column.first];
		}
		this.drawTools();
		this.draw();
	}

	column(id) {
		return this.columns.find(column => column.id === id);
	}

	view(column) {
		const [from, to] = this.views[column.which];
		if (!this.sameScale || column === this.columns[0] || column.which === this.columns[0].which)
			return [from, to];
		const [first, last] = this.views[this.columns[0].which];
		return [from, from + (last - first)];
	}

	y(column, address) {
		const [from, to] = this.view(column);
		return this.bottom - (address - from) / (to - from) * (this.bottom - this.top);
	}

	address(column, y) {
		const [from, to] = this.view(column);
		return from + (this.bottom - y) / (this.bottom - this.top) * (to - from);
	}

	// --- drawing ---

	draw() {
		const focused = document.activeElement && document.activeElement.dataset &&
			this.host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
		this.width = Math.max(this.host.clientWidth, 280);
		this.narrow = this.width < 560;
		this.top = 12;
		this.bottom = Math.min(760, Math.max(430, window.innerHeight * 0.58));
		this.axis = this.narrow ? 72 : 96;
		this.gap = this.narrow ? 26 : 70;
		this.columnWidth = (this.width - 2 * this.axis - this.gap) / 2;
		const height = this.bottom + 34;
		const root = svg("svg", { viewBox: `0 0 ${this.width} ${height}`, height,
			class: this.narrow ? "narrow" : "wide", role: "group", "aria-label": "Map of memory, low addresses at the bottom" });
		root.append(this.definitions());
		this.columns.forEach((column, index) => {
			column.x = index ? this.axis + this.columnWidth + this.gap : this.axis;
		});
		this.drawBand(root);
		for (const column of this.columns)
			this.drawColumn(root, column);
		this.host.replaceChildren(root);
		if (focused) {
			const again = root.querySelector(`[data-key="${focused}"]`);
			if (again)
				again.focus({ preventScroll: true });
		}
	}

	definitions() {
		const hatch = svg("pattern", { id: "hatch", width: 6, height: 6,
			patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
			svg("rect", { width: 6, height: 6, style: "fill: var(--hole-a)" }),
			svg("rect", { width: 2, height: 6, style: "fill: var(--hole-b)" }));
		const clip = svg("clipPath", { id: "inside" },
			svg("rect", { x: 0, y: this.top, width: this.width, height: this.bottom - this.top }));
		return svg("defs", {}, hatch, clip);
	}

	drawBand(root) {
		const [left, right] = this.columns;
		if (!this.band)
			return;
		const x0 = left.x + this.columnWidth, x1 = right.x;
		const ys = [...this.band.left.map(a => this.y(left, a)), ...this.band.right.map(a => this.y(right, a))];
		root.append(svg("g", { "clip-path": "url(#inside)", "aria-hidden": "true" },
			svg("polygon", { class: "band",
				points: `${x0},${ys[0]} ${x1},${ys[2]} ${x1},${ys[3]} ${x0},${ys[1]}` })));
		const middle = Math.min(this.bottom - 20, Math.max(this.top + 30, (ys[0] + ys[1] + ys[2] + ys[3]) / 4));
		if (!this.narrow)
			root.append(svg("text", { class: "band-text", x: (x0 + x1) / 2, y: middle,
				"text-anchor": "middle", "aria-hidden": "true" }, "one to one"));
	}

	drawColumn(root, column) {
		const [from, to] = this.view(column);
		const frame = { x: column.x, y: this.top, width: this.columnWidth, height: this.bottom - this.top };
		const group = svg("g", { role: "group", "aria-label": column.title, "data-column": column.id });
		group.append(svg("rect", { ...frame, style: "fill: var(--back)" }));
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
		for (const [start, end] of column.differs || [])
			if (end > from && start < to) {
				const y = Math.max(this.top, this.y(column, end));
				group.append(svg("rect", { class: "differs", y, x: column.x + (column === this.columns[0] ?
					this.columnWidth + 1 : -5), width: 4,
					height: Math.max(1.5, Math.min(this.bottom, this.y(column, start)) - y) }));
			}
		group.append(svg("rect", { ...frame, class: "frame" }));
		this.drawAxis(group, column, from, to);
		this.drawClusters(group, column, thin);
		this.drawPointer(group, column);
		this.drawScale(group, column, from, to);
		root.append(group);
	}

	drawRange(column, range, high, low) {
		const height = Math.max(1, low - high);
		const chosen = this.chosen && this.chosen.column === column.id && this.chosen.start === range.start;
		const group = svg("g", {
			class: `range ${range.kind.replace(" ", "-")}${chosen ? " chosen" : ""}`, tabindex: 0, role: "button",
			"data-key": `${column.id}-${range.start}`, "data-column": column.id, "data-start": range.start,
			"aria-label": `${range.owner}, ${KINDS[column.which][range.kind]}, ${hex(range.start)} to ` +
				`${hex(range.end)}, ${size(range.end - range.start)}` });
		group.append(svg("rect", { class: `k-${range.kind.replace(" ", "-")}`, x: column.x, y: high,
			width: this.columnWidth, height }));
		const room = Math.floor((this.columnWidth - 12) / 6.9);
		const cut = text => text.length > room ? text.slice(0, Math.max(1, room - 1)) + "…" : text;
		if (height >= 36)
			group.append(svg("text", { class: "small", x: column.x + 6, y: high + height / 2 + 16 },
				cut(size(range.end - range.start) + (range.zone ? ` · ${range.zone}` : ""))));
		if (height >= 14)
			group.append(svg("text", { x: column.x + 6, y: high + height / 2 + (height >= 36 ? 0 : 4) },
				cut(range.owner)));
		return group;
	}

	// Free blocks as lines, where there is room to see them.
	drawBlocks(group, column, from, to) {
		const seen = (column.blocks || []).filter(([start, end]) => end > from && start < to);
		if (!seen.length || (this.bottom - this.top) / seen.length < 4)
			return;
		const path = seen.map(([start]) => this.y(column, start)).filter(y => y > this.top && y < this.bottom)
			.map(y => `M${column.x},${y}h${this.columnWidth}`).join("");
		group.append(svg("path", { class: "blocks", d: path }));
	}

	drawAxis(group, column, from, to) {
		const left = column === this.columns[0];
		let step = 2 ** Math.ceil(Math.log2((to - from) / ((this.bottom - this.top) / 44)));
		const x = left ? column.x - 6 : column.x + this.columnWidth + 6;
		for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
			const y = this.y(column, at);
			group.append(svg("line", { class: "tick", x1: left ? column.x - 4 : column.x + this.columnWidth,
				x2: left ? column.x : column.x + this.columnWidth + 4, y1: y, y2: y }));
			group.append(svg("text", { class: "axis", x, y: Math.max(this.top + 4, y + 4),
				"text-anchor": left ? "end" : "start" }, hex(at)));
		}
	}

	// What is too thin to be hit: a marker for each crowd, which zooms to it.
	drawClusters(group, column, thin) {
		const crowds = [];
		for (const one of thin) {
			const last = crowds[crowds.length - 1];
			if (last && one.y - last.y < 14) {
				last.members.push(one.range);
				last.y = one.y;
			} else {
				crowds.push({ members: [one.range], first: one.y, y: one.y });
			}
		}
		const left = column === this.columns[0], x = left ? column.x + this.columnWidth - 13 : column.x - 9;
		let above = this.top - 8;
		for (const crowd of crowds) {
			const start = Math.min(...crowd.members.map(r => r.start));
			const end = Math.max(...crowd.members.map(r => r.end));
			const y = Math.max(above + 17, Math.min(this.bottom - 9, (crowd.first + crowd.y) / 2));
			above = y;
			const count = crowd.members.length;
			group.append(svg("g", { class: "cluster", tabindex: 0, role: "button", "data-column": column.id,
				"data-from": start, "data-to": end, "data-key": `${column.id}-crowd-${start}`,
				"aria-label": `Zoom to ${count} small range${count > 1 ? "s" : ""} between ${hex(start)} ` +
					`and ${hex(end)}` },
				svg("rect", { x, y: y - 8, width: 22, height: 16, rx: 8 }),
				svg("text", { x: x + 11, y: y + 4 }, String(count))));
		}
	}

	drawPointer(group, column) {
		if (!this.chosen || this.chosen.column !== column.id)
			return;
		const range = rangeAt(column.ranges, this.chosen.start);
		if (!range)
			return;
		const y = this.y(column, this.chosen.address !== undefined ? this.chosen.address : (range.start + range.end) / 2);
		if (y < this.top - 1 || y > this.bottom + 1)
			return;
		const left = column === this.columns[0], x = left ? column.x - 1 : column.x + this.columnWidth + 1;
		const away = left ? -10 : 10;
		group.append(svg("path", { class: "pointer", "aria-hidden": "true",
			d: `M${x},${y}l${away},-6v12z` }));
	}

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
		this.tools.replaceChildren(...this.columns.map((column, index) => {
			const box = document.createElement("div");
			const title = document.createElement("h3");
			title.textContent = column.title;
			box.className = "tool";
			box.append(title);
			const button = (text, label, act) => {
				const made = document.createElement("button");
				made.type = "button";
				made.textContent = text;
				made.setAttribute("aria-label", `${column.title}: ${label}`);
				made.title = label;
				made.addEventListener("click", act);
				box.append(made);
				return made;
			};
			const now = () => this.column(column.id);
			button("−", "zoom out", () => this.zoom(now(), 2));
			button("+", "zoom in", () => this.zoom(now(), 0.5));
			button("All", "all addresses", () => this.go(now(), ...now().extent));
			if (column.which === "physical")
				button("RAM", "from 0 to the end of RAM", () => this.go(now(), ...now().first));
			else if (index)
				button("Same scale", "draw both columns to the same scale", () => {
					this.sameScale = !this.sameScale;
					this.toolsKey = null;
					this.drawTools();
					this.draw();
				}).setAttribute("aria-pressed", this.sameScale);
			return box;
		}));
	}

	// --- moving ---

	// Shows addresses [from, to) of a column, in a short movement if the reader likes that.
	go(column, from, to) {
		const [low, high] = column.extent, start = this.views[column.which];
		let span = Math.max(SMALLEST_VIEW, Math.min(to - from, high - low));
		from = Math.min(Math.max(from - (span - (to - from)) / 2, low), high - span);
		const end = [from, from + span], begin = performance.now();
		cancelAnimationFrame(this.moving);
		const set = part => {
			this.views[column.which] = [0, 1].map(i => start[i] + (end[i] - start[i]) * part);
			this.draw();
		};
		if (CALM.matches || document.hidden)
			return set(1);
		const step = now => {
			const part = Math.min(1, (now - begin) / 160);
			set(part);
			if (part < 1)
				this.moving = requestAnimationFrame(step);
		};
		step(begin);
	}

	zoom(column, factor, middle) {
		const [from, to] = this.view(column);
		if (middle === undefined)
			middle = (from + to) / 2;
		const next = [middle - (middle - from) * factor, middle + (to - middle) * factor];
		cancelAnimationFrame(this.moving);
		this.go(column, ...next);
	}

	// A range and what is around it.
	zoomTo(column, start, end) {
		const around = Math.max((end - start) * 0.6, 32);
		this.go(column, start - around, end + around);
	}

	// Moves the view so that a range is in it and can be seen.
	reveal(column, range) {
		const [from, to] = this.view(column), length = range.end - range.start;
		const visible = range.start < to && range.end > from;
		if (!visible || length / (to - from) * (this.bottom - this.top) < THIN)
			this.go(column, range.start - length * 6, range.end + length * 6);
	}

	// --- the reader's hands ---

	listen() {
		const host = this.host;
		const target = event => event.target.closest && event.target.closest("[data-column]");
		const rangeOf = element => {
			const column = element && this.column(element.dataset.column);
			return column && element.dataset.start !== undefined ?
				[column, rangeAt(column.ranges, Number(element.dataset.start))] : [column, null];
		};
		const open = element => {
			const [column, range] = rangeOf(element);
			if (element.dataset.from !== undefined)
				this.zoomTo(column, Number(element.dataset.from), Number(element.dataset.to));
			return [column, range];
		};
		host.addEventListener("click", event => {
			if (this.dragged)
				return;
			const element = target(event);
			if (!element)
				return;
			const [column, range] = open(element);
			if (range)
				this.asks.choose(column, range);
		});
		host.addEventListener("dblclick", event => {
			const [column, range] = rangeOf(target(event));
			if (range)
				this.zoomTo(column, range.start, range.end);
		});
		for (const kind of ["pointerover", "focusin"])
			host.addEventListener(kind, event => {
				const [column, range] = rangeOf(target(event));
				if (range && !this.pointers.size)
					this.asks.look(column, range);
			});
		host.addEventListener("pointerleave", () => this.asks.look(null, null));
		host.addEventListener("keydown", event => this.key(event, target(event), rangeOf, open));
		host.addEventListener("wheel", event => {
			if (!event.ctrlKey && !event.metaKey)
				return;
			const column = this.columnAt(event);
			if (!column)
				return;
			event.preventDefault();
			this.wheelZoom(column, Math.exp(event.deltaY * 0.002), event);
		}, { passive: false });
		host.addEventListener("pointerdown", event => this.down(event));
		host.addEventListener("pointermove", event => this.move(event));
		for (const kind of ["pointerup", "pointercancel"])
			window.addEventListener(kind, event => this.pointers.delete(event.pointerId));
		new ResizeObserver(() => this.columns.length && this.host.clientWidth !== this.width && this.draw()).observe(host);
	}

	key(event, element, rangeOf, open) {
		if (!element || event.ctrlKey || event.altKey || event.metaKey)
			return;
		const [column, range] = rangeOf(element);
		const act = {
			"+": () => this.zoom(column, 0.5, range ? (range.start + range.end) / 2 : undefined),
			"=": () => this.zoom(column, 0.5, range ? (range.start + range.end) / 2 : undefined),
			"-": () => this.zoom(column, 2), "0": () => this.go(column, ...column.first),
			"ArrowUp": () => this.step(column, range, 1), "ArrowDown": () => this.step(column, range, -1),
			"Enter": () => range ? (this.asks.choose(column, range), this.zoomTo(column, range.start, range.end)) : open(element),
			" ": () => range ? this.asks.choose(column, range) : open(element),
		}[event.key];
		if (!act || (!range && event.key.startsWith("Arrow")))
			return;
		event.preventDefault();
		act();
	}

	// The next range up or down becomes the focused one, in view.
	step(column, range, way) {
		const next = column.ranges[column.ranges.indexOf(range) + way];
		if (!next)
			return;
		this.asks.choose(column, next);
		const [from, to] = this.view(column);
		if (next.start >= to || next.end <= from)
			this.go(column, next.start - (to - from) / 2, next.start + (to - from) / 2);
		this.focus(column, next);
	}

	focus(column, range) {
		const element = this.host.querySelector(`[data-key="${column.id}-${range.start}"]`);
		if (element)
			element.focus({ preventScroll: true });
	}

	columnAt(event) {
		const box = this.host.getBoundingClientRect(), x = event.clientX - box.left;
		return this.columns.find(column => x >= column.x - this.gap / 2 && x <= column.x + this.columnWidth + this.gap / 2);
	}

	wheelZoom(column, factor, event) {
		const y = event.clientY - this.host.getBoundingClientRect().top;
		const middle = this.address(column, y), [from, to] = this.view(column), [low, high] = column.extent;
		const span = Math.min(Math.max((to - from) * factor, SMALLEST_VIEW), high - low);
		const start = Math.min(Math.max(middle - (middle - from) / (to - from) * span, low), high - span);
		cancelAnimationFrame(this.moving);
		this.views[column.which] = [start, start + span];
		this.draw();
	}

	down(event) {
		this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
		this.dragged = false;
		this.dragColumn = this.columnAt(event);
		this.dragStart = event.clientY;
	}

	move(event) {
		const old = this.pointers.get(event.pointerId), column = this.dragColumn;
		if (!old || !column)
			return;
		if (this.pointers.size === 2) {
			const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
			const before = Math.abs(old.y - other.y), after = Math.abs(event.clientY - other.y);
			if (before > 8 && after > 8)
				this.wheelZoom(this.column(column.id), before / after, event);
			this.dragged = true;
		} else if (event.pointerType === "mouse" && Math.abs(event.clientY - this.dragStart) > 4) {
			this.dragged = true;
			const now = this.column(column.id), [from, to] = this.view(now), [low, high] = now.extent;
			const moved = (event.clientY - old.y) / (this.bottom - this.top) * (to - from);
			const start = Math.min(Math.max(from + moved, low), high - (to - from));
			this.views[now.which] = [start, start + to - from];
			this.draw();
		}
		this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
	}
}
