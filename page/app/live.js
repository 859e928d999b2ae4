// SPDX-License-Identifier: GPL-2.0-only
// The report's page on machines that run: stages come as the boot goes on, and what lies ahead is booted to.

import { Page, box, element } from "../../scripts/report/app.js";
import { html } from "../../scripts/report/dom.js";
import { logLines } from "../../scripts/report/log.js";
import { find } from "../../scripts/report/search.js";
import { PAGE, hex, size } from "../../scripts/report/words.js";
import { framePanel } from "./frame.js";
import { NOW } from "./session.js";

/** @typedef {import("./configuration.js").Configuration} Configuration */
/** @typedef {import("./session.js").Session} Session */

/**
 * What the page asks of the program.
 * @typedef {object} Program
 * @property {(index: number) => void} bootTo a milestone that lies behind the machine: boots again to it
 * @property {() => URLSearchParams} address of the machines
 * @property {() => void} readdressed the page's address was changed by hand
 */

export class LivePage extends Page {
	/**
	 * @param {Session[]} sessions
	 * @param {Program} program
	 */
	constructor(sessions, program) {
		super(sessions.map(session => session.doc));
		this.sessions = sessions;
		this.program = program;
		this.playing = 0;
		/** The milestone that it is running to, and what is to be searched there. */
		this.goal = 0;
		this.wanted = "";
		this.names = [...this.session.milestones.map(milestone => milestone.name), NOW];
	}

	/** @returns {Session} */
	get session() {
		return this.at(this.sessions, this.machine);
	}

	/** The last stage that there is. */
	get last() {
		return this.doc.stages.length - 1;
	}

	/**
	 * Other machines in place of these.
	 * @param {Session[]} sessions
	 */
	exchange(sessions) {
		this.sessions = sessions;
		this.documents = sessions.map(session => session.doc);
		this.machine = this.index = 0;
		this.chosen = null;
		this.drawMachine();
	}

	// --- what the machines tell ---

	/**
	 * A stage has been read.
	 * @param {Session} session
	 * @param {number} index
	 */
	grown(session, index) {
		if (!this.sessions.includes(session))
			return;
		if (session !== this.session) {
			if (index === this.index)
				this.drawStage();
			return;
		}
		this.drawLog();
		this.index = index;
		this.drawStage();
		if (this.wanted && index >= this.goal) {
			this.ask(this.wanted);
			this.wanted = "";
		}
	}

	/** All of RAM is seen at first, also before the kernel knows of it. */
	columns() {
		const end = Math.max(...this.sessions.map(session => session.firmwareEnd()));
		return super.columns().map(column => column.which === "physical" ? { ...column,
			first: /** @type {[number, number]} */ ([0, end]) } : column);
	}

	drawLog() {
		box("log").replaceChildren(...logLines(this.doc, this.asks));
	}

	drawCondition() {
		const { condition, why } = this.session, { last, index } = this;
		const stands = this.doc.stages[last]?.name ?? "";
		/** @type {Record<string, string>} */
		const said = { loading: "The machine is being put together.", running: "The machine runs.",
			waiting: `The machine stands at ${stands}.`, busy: "The kernel is at work.",
			prompt: "The boot is over: the kernel waits for a command.", ended: why };
		const behind = index < last;
		box("condition").textContent = (said[condition] ?? "") +
			(behind ? ` You look at ${this.stage.name}, as it was.` : "");
		box("condition").classList.toggle("ended", condition === "ended");
		element("rewind", HTMLButtonElement).hidden = !behind && condition !== "ended";
		element("play", HTMLButtonElement).textContent = this.playing ? "Pause" : "▶ Play";
		element("play", HTMLButtonElement).disabled = last >= this.names.length - 1 || condition === "ended";
		element("finish", HTMLButtonElement).disabled = last >= this.names.length - 1 || condition === "ended";
		element("next", HTMLButtonElement).disabled = index >= this.names.length - 1 ||
			(!behind && condition === "ended");
		for (const command of box("commands").querySelectorAll("button"))
			command.disabled = condition !== "prompt";
	}

	// --- drawing ---

	drawMachine() {
		super.drawMachine();
		element("stage", HTMLInputElement).max = String(this.names.length - 1);
		this.drawNames();
		if (this.documents.length > 1)
			for (const id of ["machine", "other"])
				[...element(id, HTMLSelectElement).options].forEach((option, i) => {
					option.textContent = this.at(this.documents, i).title;
				});
		document.body.classList.toggle("comparing", this.documents.length > 1);
	}

	/** All milestones; those that lie ahead are pale. */
	drawNames() {
		const { milestones } = this.session;
		box("stage-names").replaceChildren(...this.names.map((name, i) => html("li", {
			title: milestones[i]?.meaning ?? "after the boot", onclick: () => this.setStage(i) }, name)));
	}

	drawStage() {
		super.drawStage();
		[...box("stage-names").children].forEach((item, i) => item.classList.toggle("ahead", i > this.last));
		this.drawCondition();
		this.drawFrame();
		this.drawMemory();
		box("machine-facts").textContent = `Boot allocator: ${this.doc.machine.boot_allocator}. Command line: ` +
			(this.doc.machine.command_line.replace(/^BOOT_IMAGE=.*ignore_loglevel ?/, "") || "nothing but where the log goes");
		box("version").textContent = this.doc.version;
	}

	/** What all this takes of the reader's own memory, as far as the browser tells. */
	drawMemory() {
		const ram = this.sessions.reduce((sum, session) => sum + session.machine.ram, 0);
		const heap = /** @type {any} */ (performance).memory?.usedJSHeapSize;
		box("tab-memory").textContent = `This tab: ${heap ? `${size(heap)} for the page, ` : ""}up to ${size(ram)} for the ` +
			"machine, of which it has what the kernel has touched;";
	}

	/** What is chosen, in the machine's memory as it is. */
	drawFrame() {
		const { chosen } = this;
		if (!chosen) {
			box("frame").replaceChildren(html("p", { class: "quiet" },
				"Click into the map or search for an address: here stands its struct page, as it is in memory."));
			return;
		}
		const column = this.columns().find(c => c.id === chosen.column);
		box("frame").replaceChildren(...framePanel(this.session.machine, column?.which === "virtual" ?
			{ virtual: chosen.address } : { pfn: Math.floor(chosen.address / PAGE) }));
	}

	// --- what the reader does ---

	/** @param {number} index */
	setStage(index) {
		super.setStage(Math.min(index, this.last));
		if (index > this.last)
			this.go(Math.min(index, this.names.length - 1));
	}

	/**
	 * Lets the machines run to a milestone that lies ahead.
	 * @param {number} index
	 */
	go(index) {
		element("choose", HTMLDetailsElement).open = false;
		if (this.session.condition === "running" || this.session.condition === "loading")
			return;
		this.goal = index;
		for (const session of this.sessions)
			if (session.doc.stages.length <= index) {
				if (index >= session.milestones.length)
					session.runAll();
				else
					session.runTo(index);
			}
	}

	/** Step by step, as fast as is chosen; or stops that. */
	play() {
		if (this.playing) {
			this.pause();
			return;
		}
		const step = () => {
			if (this.last >= this.names.length - 1 || this.session.condition === "ended")
				this.pause();
			else
				this.go(this.last + 1);
		};
		this.playing = window.setInterval(step, Number(element("speed", HTMLSelectElement).value));
		step();
		this.drawCondition();
	}

	pause() {
		window.clearInterval(this.playing);
		this.playing = 0;
		this.drawCondition();
	}

	/**
	 * @param {string} column
	 * @param {number} address
	 */
	choose(column, address, exact = false) {
		super.choose(column, address, exact);
		this.drawFrame();
	}

	/**
	 * Names of the kernel's functions and variables are addresses, where nothing else is called so.
	 * @param {string} text
	 */
	find(text) {
		const { symbols } = this.session.parts.kernel, name = text.trim(), address = symbols[name];
		const known = Object.keys(symbols).includes(name) && address !== undefined;
		super.find(known && !find(this.stage, name).found.length ? hex(address) : text);
	}

	/** @param {string} text */
	ask(text) {
		const ahead = this.goal > this.last;
		this.wanted = ahead ? text : "";
		super.ask(ahead ? "" : text);
	}

	// --- the page's address ---

	nameInAddress() {
		const address = this.program.address();
		if (!address.has("tour")) {
			address.set("at", this.stage.name);
			if (this.asked)
				address.set("find", this.asked);
		}
		history.replaceState(null, "", `#${address}`);
	}

	addressed() {
		const address = new URLSearchParams(location.hash.slice(1));
		const index = this.names.indexOf(address.get("at") ?? "");
		return { index: Math.max(0, index), asked: (address.get("find") ?? "").slice(0, 200) };
	}

	follow() {
		this.program.readdressed();
	}

	listen() {
		super.listen();
		box("play").addEventListener("click", () => this.play());
		box("finish").addEventListener("click", () => {
			this.pause();
			this.go(this.names.length - 1);
		});
		box("rewind").addEventListener("click", () => {
			this.pause();
			this.program.bootTo(this.index);
		});
		element("speed", HTMLSelectElement).addEventListener("change", () => {
			if (this.playing) {
				this.pause();
				this.play();
			}
		});
	}
}
