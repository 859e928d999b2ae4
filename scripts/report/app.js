// SPDX-License-Identifier: GPL-2.0-only
// The page: which machine, which stage, which range; and who has to be told.
"use strict";

const $ = id => document.getElementById(id);
const documents = JSON.parse($("data").textContent);

const app = {
	machine: 0, index: 0, chosen: null,

	get doc() { return documents[this.machine]; },
	get stages() { return this.doc.stages; },
	get stage() { return this.stages[this.index]; },
	get other() { return documents.length > 1 ? documents[Number($("other").value)] : null; },
	get beside() { return documents.length > 1 && $("beside").checked; },

	// The stage of the same name in another machine's boot.
	same(doc) { return doc.stages.find(stage => stage.name === this.stage.name); },

	documentOf(column) {
		const doc = column.id === "other" ? this.other : this.doc;
		return { doc, stages: doc.stages };
	},
	stageOf(column) { return column.id === "other" ? this.same(this.other) : this.stage; },

	columns() {
		const make = (id, which, doc, stage, title) => ({ id, which, title, ranges: stage[which],
			first: which === "physical" ? [0, ramEnd(doc.stages[doc.stages.length - 1].physical)] : extent(stage[which]),
			blocks: which === "physical" && stage.state.freelist ? blocks(stage.state.freelist.data) : [] });
		if (!this.beside)
			return [make("physical", "physical", this.doc, this.stage, COLUMN_NAMES.physical),
				make("virtual", "virtual", this.doc, this.stage, COLUMN_NAMES.virtual)];
		const both = [make("physical", "physical", this.doc, this.stage, this.doc.title),
			make("other", "physical", this.other, this.same(this.other), this.other.title)];
		const first = both[0].first[1] > both[1].first[1] ? both[0].first : both[1].first;
		const differs = differing(both[0].ranges, both[1].ranges);
		return both.map(column => ({ ...column, first, differs }));
	},

	drawMap() {
		const columns = this.columns(), direct = this.beside ? null : mapped(this.stage.virtual);
		this.map.show(columns, direct && { left: direct.physical, right: direct.virtual }, this.chosen);
		legend($("legend"), columns);
	},

	drawStage() {
		const { stage, stages } = this;
		$("stage").value = this.index;
		$("stage").setAttribute("aria-valuetext", `${stage.name}: ${stage.meaning}`);
		$("previous").disabled = this.index === 0;
		$("next").disabled = this.index === stages.length - 1;
		[...$("stage-names").children].forEach((item, i) => item.classList.toggle("now", i === this.index));
		$("stage-name").textContent = `${stage.name}:`;
		$("stage-meaning").textContent = stage.meaning + ",";
		const call = { function: stage.function, ...stage.source };
		$("stage-source").replaceChildren(stage.when + " ", sourceLink(this.showSource, call, [call]));
		if (this.chosen && !this.keepChosen())
			this.chosen = null;
		this.drawMap();
		this.drawInspector();
		logStage($("log"), this.index, CALM.matches);
		freePanel($("free"), stage);
		balancePanel($("balance"), stage);
		limitPanel($("limit"), this, stage);
		if ($("ranges-details").open)
			rangesPanel($("ranges"), this, stage);
		if (this.other)
			differencePanel($("difference"), { doc: this.doc, stage }, { doc: this.other, stage: this.same(this.other) });
		this.nameInAddress();
	},

	// The page's address names the stage and what was searched: it can be kept and sent.
	nameInAddress() {
		const asked = this.asked ? "=" + encodeURIComponent(this.asked) : "";
		history.replaceState(null, "", `#${this.stage.name}${asked}`);
	},

	// What was chosen by its address stays chosen: what is there now.
	keepChosen() {
		const column = this.columns().find(c => c.id === this.chosen.column);
		const address = this.chosen.address !== undefined ? this.chosen.address : this.chosen.start;
		const range = column && rangeAt(column.ranges, address);
		if (range)
			this.chosen.start = range.start;
		return Boolean(range);
	},

	drawInspector(column, range) {
		if (!range && this.chosen) {
			column = this.map.column(this.chosen.column);
			range = column && rangeAt(column.ranges, this.chosen.start);
		}
		inspector($("inspector"), this, column, range);
		briefly($("brief"), this, column, range);
	},

	setStage(index) {
		this.index = Math.min(Math.max(index, 0), this.stages.length - 1);
		this.drawStage();
	},

	choose(id, range, reveal, address) {
		this.chosen = { column: id, start: range.start, address };
		this.drawMap();
		this.drawInspector();
		if (reveal)
			this.map.reveal(this.map.column(id), range);
	},

	drawMachine() {
		const { doc, stages } = this, machine = doc.machine;
		$("machine-title").textContent = doc.title;
		$("machine-facts").textContent = `${machine.loader}, boot allocator ${machine.boot_allocator}. ${machine.command_line}`;
		$("version").textContent = doc.version;
		$("stage").max = stages.length - 1;
		$("stage-names").replaceChildren(...stages.map((stage, i) =>
			html("li", { onclick: () => this.setStage(i) }, stage.name)));
		logList($("log"), this);
		this.map.views = {};
		this.chosen = null;
		this.setStage(this.index);
	},

	find(text) {
		const { what, found } = find(this.stage, text), box = $("results");
		this.asked = found.length ? text.trim() : null;
		this.nameInAddress();
		if (!found.length) {
			box.replaceChildren(html("p", {}, `Nothing found for ${what} at stage ${this.stage.name}.`));
			return;
		}
		const shown = found.slice(0, 8), show = f => this.choose(f.column, f.range, true, f.address);
		box.replaceChildren(html("p", {}, `${what}: `, ...shown.flatMap((f, i) => [i ? "; " : "",
			html("button", { type: "button", class: "link", onclick: () => show(f) },
				`${COLUMN_NAMES[f.column].toLowerCase()} ${hex(f.address)}, ${f.range.owner}`)]),
			found.length > shown.length ? ` and ${found.length - shown.length} more` : ""));
		if (this.beside)
			$("beside").checked = false;
		this.drawMap();
		show(found[0]);
	},
};

app.showSource = (call, chain) => {
	const lines = (app.doc.sources[call.file] || (app.other && app.other.sources[call.file]) || {});
	$("source-title").textContent = `${call.function}(), ${place(call)}`;
	const near = Object.keys(lines).map(Number).filter(n => Math.abs(n - call.line) <= 3);
	$("source-text").replaceChildren(...(near.length ? near.map(n => html("span", n === call.line ? { class: "hit" } : {},
		`${String(n).padStart(4)}  ${lines[n]}\n`)) : ["The source file was not there when this page was made."]));
	const rest = chain.filter(c => place(c) !== place(call));
	$("source-calls").replaceChildren(...(rest.length ? [html("h3", {}, "In the chain of calls"), html("ol", { class: "chain" },
		rest.map(c => html("li", {}, sourceLink(app.showSource, c, chain))))] : []));
	if (!$("source").open)
		$("source").showModal();
};

app.map = new MemoryMap($("canvas"), $("tools"), {
	choose: (column, range) => app.choose(column.id, range, false),
	look: (column, range) => app.drawInspector(column, range),
});

$("stage").addEventListener("input", event => app.setStage(Number(event.target.value)));
$("previous").addEventListener("click", () => app.setStage(app.index - 1));
$("next").addEventListener("click", () => app.setStage(app.index + 1));
$("search-form").addEventListener("submit", event => {
	event.preventDefault();
	if ($("search").value.trim())
		app.find($("search").value);
	else
		$("results").replaceChildren();
});
$("log-stage-only").addEventListener("change", event => {
	$("log").classList.toggle("only", event.target.checked);
	logStage($("log"), app.index, true);
});
$("ranges-details").addEventListener("toggle", () => $("ranges-details").open && rangesPanel($("ranges"), app, app.stage));
for (const id of ["machine", "other", "beside"])
	if ($(id))
		$(id).addEventListener("change", () => {
			app.machine = Number($("machine").value);
			app.drawMachine();
		});

const [stageName, asked] = location.hash.slice(1).split("=").map(decodeURIComponent);
const named = app.stages.findIndex(stage => stage.name === stageName);
const last = app.stages.findIndex(stage => stage.name === "buddy");
app.index = named >= 0 ? named : last >= 0 ? last : app.stages.length - 1;
app.drawMachine();
if (asked) {
	$("search").value = asked;
	app.find(asked);
}
