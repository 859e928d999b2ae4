// SPDX-License-Identifier: GPL-2.0-only
// The program: it unpacks the parts when the page has been painted, boots what the address asks for, and boots
// again when something else is asked.

import { box, element } from "../../scripts/report/app.js";
import { html } from "../../scripts/report/dom.js";
import { Chooser } from "./chooser.js";
import { FIRST, hardware, readAddress, reference, title, writeAddress } from "./configuration.js";
import { LivePage } from "./live.js";
import { loadParts } from "./parts.js";
import { realPanel } from "./real.js";
import { Session } from "./session.js";
import { SerialTerminal } from "./terminal.js";
import { Tour } from "./tour.js";
import { STEPS } from "./tour_steps.js";

/** @typedef {import("./configuration.js").Configuration} Configuration */

/** Commands that can be clicked. */
const COMMANDS = ["help", "buddyinfo", "meminfo", "zoneinfo", "layout", "balance", "alloc 3 highuser", "owned",
	"slab", "vmalloc 65536", "iomem", "selftest slab"];

class Program {
	/** @param {import("./parts.js").Loaded} loaded */
	constructor({ parts, machines, comparison, Terminal }) {
		this.parts = parts;
		this.comparison = comparison;
		this.machines = machines;
		/** @type {Configuration[]} what runs, and what it is compared with */
		this.chosen = [];
		/** @type {Session[]} */
		this.sessions = [];
		/** @type {LivePage | null} */
		this.page = null;
		this.booting = 0;
		this.terminal = new SerialTerminal(Terminal, box("terminal"), text => this.page?.session.machine.type(text));
		this.chooser = new Chooser(machines, chosen => {
			this.tour.show(-1);
			this.boot([chosen, ...this.chosen.slice(1)], 0);
		});
		box("commands").replaceChildren(...COMMANDS.map(command => html("button", { type: "button", class: "mono",
			onclick: () => this.page?.session.command(command) }, command)));
		this.tour = new Tour(() => this.page, number => this.goStep(number));
		element("compare", HTMLButtonElement).addEventListener("click", () => {
			const [first] = this.chosen;
			if (first)
				this.boot([first, this.chooser.chosen()], this.page?.index ?? 0);
		});
		element("alone", HTMLButtonElement).addEventListener("click", () =>
			this.boot(this.chosen.slice(0, 1), this.page?.index ?? 0));
		window.addEventListener("error", event => this.failed(event));
		window.addEventListener("unhandledrejection", event => this.failed(event));
	}

	/**
	 * Something was thrown that nobody has caught: by the emulator, if one is running.
	 * @param {Event} event
	 */
	failed(event) {
		const running = this.sessions.find(session => session.condition === "running" || session.condition === "busy");
		if (!running)
			return;
		event.preventDefault();
		running.fail();
	}

	/**
	 * Boots machines to a milestone, in place of those that are there.
	 * @param {Configuration[]} chosen
	 * @param {number} index
	 */
	async boot(chosen, index) {
		const turn = ++this.booting;
		this.page?.pause();
		await Promise.all(this.sessions.map(session => session.destroy()));
		const found = chosen.map(one => hardware(one, this.machines));
		const problem = found.find(one => one.problem !== undefined)?.problem;
		if (problem !== undefined) {
			box("condition").textContent = problem;
			return;
		}
		this.terminal.clear();
		const sessions = chosen.map((one, i) => this.session(one, /** @type {any} */ (found[i]).hardware));
		await Promise.all(sessions.map(session => session.load()));
		if (turn !== this.booting) {
			await Promise.all(sessions.map(session => session.destroy()));
			return;
		}
		this.chosen = chosen;
		this.sessions = sessions;
		this.chooser.show(/** @type {Configuration} */ (chosen[0]));
		document.body.classList.add("ready");
		if (this.page)
			this.page.exchange(sessions);
		else
			this.start(sessions);
		this.drawReal();
		if (index > 0)
			this.page?.setStage(index);
	}

	/** @param {Session[]} sessions */
	start(sessions) {
		this.page = new LivePage(sessions, {
			bootTo: index => this.boot(this.chosen, index),
			address: () => this.address(),
			readdressed: () => this.follow(),
		});
		this.page.start();
	}

	/**
	 * @param {Configuration} chosen
	 * @param {import("../machine/machine.js").Hardware} made
	 */
	session(chosen, made) {
		/** @type {Session} */
		const session = new Session(this.parts, made, title(chosen, this.machines), {
			stage: index => {
				if (session.condition !== "loading")
					this.page?.grown(session, index);
				this.tour.draw();
				this.drawReal();
			},
			serial: text => {
				if (session === this.page?.session)
					this.terminal.write(text);
			},
			condition: () => this.page?.drawCondition(),
		});
		return session;
	}

	/** The real kernel's log, where there is one of this machine and its words. */
	drawReal() {
		const [chosen] = this.chosen, known = chosen && reference(chosen, this.machines), page = this.page;
		const log = known?.log && chosen?.words === known.words && chosen.alloc === "bootmem" ? known.log : null;
		box("real-section").hidden = !log;
		if (log && page)
			box("real").replaceChildren(...realPanel(page.doc.log.map(line => line.text), log, this.comparison));
	}

	/**
	 * A step of the tour: its machine, its moment, what it shows.
	 * @param {number} number
	 */
	async goStep(number) {
		const step = STEPS[number];
		this.tour.show(number);
		if (!step) {
			this.page?.nameInAddress();
			return;
		}
		const asked = [{ ...FIRST, ...step.machine }];
		if (JSON.stringify(asked) !== JSON.stringify(this.chosen))
			await this.boot(asked, 0);
		const { page } = this;
		if (!page || this.tour.step !== step)
			return;
		this.tour.begin();
		page.setStage(page.names.indexOf(step.at));
		page.ask(step.find ?? "");
	}

	address() {
		const address = new URLSearchParams();
		if (this.tour.step) {
			address.set("tour", String(this.tour.number + 1));
			return address;
		}
		this.chosen.forEach((one, i) => writeAddress(one, address, i ? "with." : ""));
		return address;
	}

	/** @returns {Configuration[]} */
	addressed() {
		const address = new URLSearchParams(location.hash.slice(1));
		const first = readAddress(address, this.machines) ?? FIRST, other = readAddress(address, this.machines, "with.");
		return other ? [first, other] : [first];
	}

	/** Does what the page's address asks for. */
	async follow() {
		const step = Number(new URLSearchParams(location.hash.slice(1)).get("tour"));
		if (STEPS[step - 1]) {
			await this.goStep(step - 1);
			return;
		}
		this.tour.show(-1);
		const asked = this.addressed(), page = this.page;
		const { index, asked: search } = page?.addressed() ?? { index: 0, asked: "" };
		if (JSON.stringify(asked) !== JSON.stringify(this.chosen))
			await this.boot(asked, index);
		else
			page?.setStage(index);
		page?.ask(search);
	}
}

async function main() {
	// The page is painted first.
	await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
	await new Program(await loadParts()).follow();
}

main().catch(error => {
	const element = document.getElementById("condition");
	if (element)
		element.textContent = `This browser can't run the machine: ${error instanceof Error ? error.message : error}`;
});
