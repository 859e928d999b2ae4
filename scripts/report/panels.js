// SPDX-License-Identifier: GPL-2.0-only
// Everything beside and below the map: text, lists and tables.
"use strict";

function html(name, attributes = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes))
		if (key.startsWith("on"))
			element.addEventListener(key.slice(2), value);
		else
			element.setAttribute(key, value);
	element.append(...children.flat().filter(child => child !== null && child !== undefined));
	return element;
}

function swatch(kind) {
	return html("span", { class: `swatch k-${kind.replace(" ", "-")}`, "aria-hidden": "true" });
}

function table(className, head, rows) {
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
		html("tbody", {}, rows.map(row => html("tr", row.total ? { class: "total" } : {},
			(row.cells || row).map(value => cell("td", value)))))));
}

const number = n => [grouped(n), "n"];

// A place in the sources, as a button that shows it.
function sourceLink(show, call, chain, text) {
	if (!call || !call.file)
		return html("span", {}, call ? call.function + "()" : "");
	return html("button", { type: "button", class: "link mono", onclick: () => show(call, chain || []) },
		text || `${call.function}(), ${place(call)}`);
}

// What has become what it is since the stage before.
function news(app) {
	if (app.beside || !app.index)
		return null;
	const fresh = ["physical", "virtual"].flatMap(which => app.stage[which].filter(r => r.since === app.index)
		.map(range => ({ which, range })));
	const largest = fresh.sort((a, b) => b.range.end - b.range.start - (a.range.end - a.range.start)).slice(0, 8);
	return html("div", {}, html("h3", {}, fresh.length ? `New since stage ${app.stages[app.index - 1].name}` +
		(fresh.length > 8 ? ` (the largest 8 of ${fresh.length})` : "") : "No range has changed hands at this stage"),
	html("ul", { class: "news" }, largest.map(({ which, range }) => html("li", {}, html("button", { type: "button",
		class: "link", onclick: () => app.choose(which, range, true) }, range.owner), " ",
	html("span", { class: "quiet" }, `${size(range.end - range.start)}, ${which === "virtual" ? "virtual " : ""}` +
		hex(range.start))))));
}

function inspector(host, app, column, range) {
	if (!range) {
		host.replaceChildren(html("p", { class: "quiet" },
			"Point to a range, or choose one, to see who owns it and which function did it."), news(app));
		return;
	}
	const { doc, stages } = app.documentOf(column), which = column.which;
	const rows = [];
	const row = (name, ...what) => rows.push(html("dt", {}, name), html("dd", {}, ...what));
	const bytes = range.end - range.start;
	row("Range", html("span", { class: "mono" }, `${hex(range.start)} – ${hex(range.end)}`),
		html("span", { class: "quiet" }, " (end excluded)"));
	row("Size", `${size(bytes)} = ${grouped(bytes)} bytes` +
		(bytes % PAGE ? "" : ` = ${grouped(bytes / PAGE)} page${bytes === PAGE ? "" : "s"}`));
	row("Kind", KINDS[which][range.kind]);
	row("Owner", range.owner + (range.why ? `: ${range.why}` : ""));
	if (which === "physical") {
		row("Page frames", html("span", { class: "mono" }, range.start % PAGE || range.end % PAGE ?
			`${Math.floor(range.start / PAGE)} – ${Math.ceil(range.end / PAGE)}, in part` :
			`${range.start / PAGE} – ${range.end / PAGE}`));
		if (range.zone)
			row("Zone", range.zone);
		const direct = mapped(app.stageOf(column).virtual);
		if (direct && range.start < direct.physical[1])
			row("Seen at", html("span", { class: "mono" }, hex(range.start - direct.physical[0] + direct.virtual[0])));
	} else if (range.mapping) {
		const m = range.mapping;
		row("Shows", html("span", { class: "mono" }, hex(m.phys)), " and up");
		row("Mapped", `${m.write ? "writable" : "read-only"}, ${m.execute ? "executable" : "not executable"}` +
			`, in pages of ${size(m.page)}${m.global ? ", global" : ""}${m.cache ? "" : ", uncached"}`);
	} else {
		row("Mapped", "not mapped");
	}
	const by = doer(doc, stages, range);
	row(by.text ? "Became so" : "Done by", by.text ? by.text + " " : "", sourceLink(app.showSource, by.call, by.chain));
	row("So since", html("button", { type: "button", class: "link", onclick: () => app.setStage(range.since) },
		`stage ${stages[range.since].name}`));
	host.replaceChildren(html("div", { class: "chosen-name" }, swatch(range.kind), range.owner),
		html("dl", {}, rows),
		by.chain.length > 1 ? html("details", {}, html("summary", {}, `Called by (${by.chain.length - 1})`),
			html("ol", { class: "chain" }, by.chain.slice(1).map(call =>
				html("li", {}, sourceLink(app.showSource, call, by.chain))))) : null);
}

// The same in one line, right below the map.
function briefly(host, app, column, range) {
	host.textContent = "";
	if (!range)
		return;
	const { doc, stages } = app.documentOf(column), by = doer(doc, stages, range);
	host.replaceChildren(html("strong", {}, range.owner), ` · ${size(range.end - range.start)} · `,
		html("span", { class: "mono" }, `${hex(range.start)} – ${hex(range.end)}`),
		` · ${by.text ? `became so ${by.text}` : "by"} ${by.call.function}()`);
}

function logList(host, app) {
	const { doc, stages } = app;
	let last = -1;
	host.replaceChildren(...doc.log.map((line, index) => {
		const call = line.calls[0], children = [];
		const mark = line.stage !== last;
		last = line.stage;
		const item = html("li", { "data-stage": line.stage, "data-line": index },
			html("button", { type: "button", class: "text", title: `Go to stage ${stages[line.stage].name}`,
				onclick: () => app.setStage(line.stage) },
				mark ? html("span", { class: "mark" }, `to stage ${stages[line.stage].name}`) : null,
				line.text || " "),
			call && call.file ? html("button", { type: "button", class: "place", title: place(call),
				"aria-label": `Printed by ${call.function}, ${place(call)}`,
				onclick: () => app.showSource(call, line.calls) },
				`${call.file.split("/").pop()}:${call.line}`) : null);
		children.push(item);
		return item;
	}));
}

function logStage(host, stage, calm) {
	let first = null;
	for (const item of host.children) {
		const at = Number(item.dataset.stage);
		item.classList.toggle("now", at === stage);
		item.classList.toggle("later", at > stage);
		if (at === stage && !first)
			first = item;
	}
	const at = first || [...host.children].find(item => Number(item.dataset.stage) > stage);
	if (at)
		host.scrollTo({ top: at.offsetTop - host.offsetTop - 4, behavior: calm ? "auto" : "smooth" });
}

function missing(state) {
	return html("p", { class: "quiet" }, state && state.missing ?
		state.missing[0].toUpperCase() + state.missing.slice(1) + "." : "Nothing to show at this stage.");
}

const MIGRATE_COLOURS = { Unmovable: "kept", Reclaimable: "firmware", Movable: "free", Reserve: "memmap", Isolate: "in-use" };

function freePanel(host, stage) {
	const lists = stage.state.freelist, zones = stage.state.zones;
	if (!lists || !lists.data || !stage.state.balance.data) {
		host.replaceChildren(missing(stage.state.balance));
		return;
	}
	const children = [];
	for (const [zone, orders] of Object.entries(lists.data)) {
		const pages = {}, kinds = new Set();
		let largest = 0, sum = 0;
		const top = Math.max(10, ...Object.keys(orders).map(Number));
		for (const [order, types] of Object.entries(orders))
			for (const [type, pfns] of Object.entries(types)) {
				kinds.add(type);
				pages[`${order} ${type}`] = pfns.length;
				largest = Math.max(largest, pfns.length * 2 ** order);
				sum += pfns.length * 2 ** order;
			}
		const all = zones.data.find(z => z.name === zone);
		children.push(html("h3", {}, `Zone ${zone}: ${grouped(sum)} pages (${size(sum * PAGE)}) free` +
			(all ? ` of ${grouped(all.present)} present` : "")));
		const head = ["Migrate type", ...Array.from({ length: top + 1 }, (_, order) => [String(order), "n"]), ["Pages", "n"]];
		children.push(table("orders", head, [...kinds].map(type => {
			let all = 0;
			const cells = Array.from({ length: top + 1 }, (_, order) => {
				const count = pages[`${order} ${type}`] || 0, width = count * 2 ** order / largest * 100;
				all += count * 2 ** order;
				return [html("span", {}, count ? grouped(count) : "·", html("span", {
					class: `bar k-${MIGRATE_COLOURS[type] || "hole"}`, style: `width:${count ? Math.max(2, width) : 0}%` })), "n"];
			});
			return [type, ...cells, number(all)];
		})));
	}
	children.push(html("p", { class: "hint quiet" }, "Columns are orders: a block of order n is 2ⁿ pages. " +
		"Numbers are blocks; a bar is the pages in them, to the scale of its zone."));
	host.replaceChildren(...children);
}

function balancePanel(host, stage) {
	const balance = stage.state.balance.data;
	if (!balance) {
		const sums = totals(stage.physical);
		host.replaceChildren(missing(stage.state.balance), table("", ["What the map shows now", ["Size", "n"]],
			Object.keys(KINDS.physical).filter(kind => sums[kind] && kind !== "hole").map(kind =>
				[html("span", {}, swatch(kind), " ", KINDS.physical[kind]), [size(sums[kind]), "n"]])));
		return;
	}
	const parts = [["free", "free", balance.free], ["in use", "handed out or in per-cpu lists", balance.in_use],
		["kept", "reserved", balance.reserved], ["memmap", "mem_map", balance.memmap], ["hole", "no RAM", balance.hole]];
	const percent = pages => (pages / balance.max_pfn * 100).toFixed(2) + " %";
	const rows = parts.map(([kind, name, pages]) => [html("span", {}, swatch(kind), " ", name), number(pages), [percent(pages), "n"]]);
	const sum = parts.reduce((all, part) => all + part[2], 0);
	rows.push({ total: true, cells: ["sum", number(sum), [percent(sum), "n"]] },
		{ cells: ["page frames, max_pfn", number(balance.max_pfn), [balance.ok && sum === balance.max_pfn ? "✓ balanced" : "✗ NOT balanced", "n"]] },
		...balance.not_used.map(step => [`not used, above max_pfn: ${step.why}`, number(step.pages), ["", "n"]]));
	host.replaceChildren(
		html("div", { class: "stack", role: "img", "aria-label": parts.map(p => `${p[1]} ${percent(p[2])}`).join(", ") },
			parts.filter(p => p[2]).map(([kind, name, pages]) => html("span", { class: `k-${kind.replace(" ", "-")}`,
				title: `${name}: ${grouped(pages)} pages`, style: `width:${pages / balance.max_pfn * 100}%` }))),
		table("", ["Page frames", ["Pages", "n"], ["Share", "n"]], rows),
		html("h3", {}, "Who keeps what is reserved"),
		table("", ["Owner", ["From", "n"], ["Pages", "n"]], balance.owners.map(owner =>
			[owner.name, [html("span", { class: "mono" }, hex(owner.start)), "n"], number(owner.pages)])));
}

function limitPanel(host, app, stage) {
	const layout = [stage, ...[...app.stages].reverse()].map(s => s.state.layout).find(l => l && l.data);
	if (!layout) {
		host.replaceChildren(missing(stage.state.layout));
		return;
	}
	const d = layout.data.derivation, rows = [];
	const later = !stage.state.layout.data;
	const most = d.maxmem_end - d.vmalloc_reserve - d.page_offset;
	rows.push(["What low memory and vmalloc share ends below pkmap and the fixmap", [hex(d.maxmem_end), "n mono"], ["", "n"]],
		[`less what vmalloc is to have (${d.vmalloc_why})`, [`− ${size(d.vmalloc_reserve)}`, "n"], ["", "n"]],
		["less where the kernel's gigabyte begins, PAGE_OFFSET", [`− ${hex(d.page_offset)}`, "n mono"], ["", "n"]],
		{ total: true, cells: ["the most that low memory can be, MAXMEM", [size(most), "n"],
			[grouped(Math.floor(most / PAGE)), "n"]] });
	host.replaceChildren(
		later ? html("p", { class: "quiet" }, "As it will come out; at this stage it is not known yet.") : "",
		table("", ["Step", ["Value", "n"], ["Pages", "n"]], rows),
		table("", ["Border", ["Address", "n"], ["Page frame", "n"], "Why"], d.steps.filter(step => step.pfn !== null).map(step =>
			[step.what.replace(/:$/, ""), [hex(step.pfn * PAGE), "n mono"], number(step.pfn),
				step.pages === null ? step.why : `${grouped(step.pages)} pages above it, ${step.why}`])));
}

function rangesPanel(host, app, stage) {
	host.replaceChildren(...["physical", "virtual"].flatMap(which => [html("h3", {}, COLUMN_NAMES[which]),
		table("", ["From", "To", ["Size", "n"], "Owner", "Done by"], [...stage[which]].reverse().map(range => {
			const by = doer(app.doc, app.stages, range);
			return [html("button", { type: "button", class: "link mono", onclick: () => app.choose(which, range, true) },
				hex(range.start)), [hex(range.end), "mono"], [size(range.end - range.start), "n"],
				html("span", {}, swatch(range.kind), " ", range.owner), by.call ? by.call.function : ""];
		}))]));
}

function legend(host, columns) {
	host.replaceChildren(...columns.map(column => {
		const sums = totals(column.ranges);
		return html("ul", { class: "legend", "aria-label": `Legend: ${column.title}` },
			html("li", { class: "quiet" }, column.title + ":"),
			Object.keys(KINDS[column.which]).filter(kind => sums[kind]).map(kind => html("li", {}, swatch(kind),
				html("span", {}, KINDS[column.which][kind], " ",
					kind === "hole" ? "" : html("span", { class: "quiet" }, size(sums[kind]))))));
	}));
}

// Two machines at the stage of the same name.
function differencePanel(host, one, other) {
	const a = one.stage, b = other.stage, changed = (x, y) => x === y ? "n" : "n up";
	const delta = (x, y) => [x === y ? "=" : (y > x ? "+" : "−") + size(Math.abs(y - x)), changed(x, y)];
	const sizes = (title, left, right) => [html("h3", {}, title), table("", ["", [one.doc.title, "n"], [other.doc.title, "n"],
		["Difference", "n"]], [...new Set([...Object.keys(left), ...Object.keys(right)])].map(name => [name,
		[left[name] === undefined ? "–" : size(left[name]), "n"], [right[name] === undefined ? "–" : size(right[name]), "n"],
		delta(left[name] || 0, right[name] || 0)]))];
	const byKind = stage => Object.fromEntries(Object.entries(totals(stage.physical))
		.filter(([kind]) => kind !== "hole").map(([kind, bytes]) => [KINDS.physical[kind], bytes]));
	const facts = [["boot allocator", one.doc.machine.boot_allocator, other.doc.machine.boot_allocator],
		...Object.keys(one.doc.machine.borders).map(name => [name, one.doc.machine.borders[name], other.doc.machine.borders[name]])];
	const lists = [];
	for (const zone of new Set([a, b].flatMap(s => Object.keys((s.state.buddyinfo && s.state.buddyinfo.data) || {})))) {
		const left = a.state.buddyinfo.data && a.state.buddyinfo.data[zone] || [];
		const right = b.state.buddyinfo.data && b.state.buddyinfo.data[zone] || [];
		const orders = Array.from({ length: 11 }, (_, order) => order);
		lists.push(html("h3", {}, `Free blocks by order, zone ${zone}`), table("orders", ["", ...orders.map(o => [String(o), "n"])], [
			[one.doc.title, ...orders.map(o => number(left[o] || 0))], [other.doc.title, ...orders.map(o => number(right[o] || 0))],
			{ total: true, cells: ["difference", ...orders.map(o => [(n => n > 0 ? `+${n}` : n < 0 ? `−${-n}` : "=")((right[o] || 0) - (left[o] || 0)), "n"])] }]));
	}
	const lines = lineDifference(one.doc.log.map(l => l.text), other.doc.log.map(l => l.text)).filter(l => l[0] !== " ");
	host.replaceChildren(html("p", { class: "quiet" }, `At stage ${a.name}. In the map, “Show both” puts the two side by side; ` +
		"a red stripe marks what differs."),
	table("", ["", [one.doc.title, "n"], [other.doc.title, "n"]], facts.map(([name, x, y]) =>
		[name, [x === null ? "–" : typeof x === "number" ? grouped(x) : x, changed(x, y)],
			[y === null || y === undefined ? "–" : typeof y === "number" ? grouped(y) : y, changed(x, y)]])),
	...sizes("Physical memory by kind", byKind(a), byKind(b)), ...sizes("By owner", owners(a.physical), owners(b.physical)), ...lists,
	html("details", {}, html("summary", {}, `The logs: ${lines.length} lines that only one of them has`),
		...lines.map(([mark, text]) => html(mark === "-" ? "del" : "ins", {}, `${mark} ${text}`))));
}
