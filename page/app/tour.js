// SPDX-License-Identifier: GPL-2.0-only
// The guided tour's panel: a step's text, its question, and whether an answer is right.

import { box, element } from "../../scripts/report/app.js";
import { html, link } from "../../scripts/report/dom.js";
import { grouped, hex } from "../../scripts/report/words.js";
import { STEPS } from "./tour_steps.js";

/** @typedef {import("./live.js").LivePage} LivePage */
/** @typedef {import("./tour_steps.js").Step} Step */

/**
 * A number as a reader types it: hexadecimal with 0x, or with a letter in it; decimal, grouped or not.
 * @param {string} text
 */
export function typedNumber(text) {
	const word = text.trim().toLowerCase().replace(/[\s\u202f,_']/g, "");
	if (/^0x[0-9a-f]+$/.test(word))
		return parseInt(word.slice(2), 16);
	if (/^\d+$/.test(word))
		return Number(word);
	return /^[0-9a-f]*[a-f][0-9a-f]*$/.test(word) ? parseInt(word, 16) : null;
}

export class Tour {
	/**
	 * @param {() => LivePage | null} page
	 * @param {(number: number) => void} go to a step; -1 ends the tour
	 */
	constructor(page, go) {
		this.page = page;
		this.go = go;
		this.number = -1;
		this.tries = 0;
		this.drawn = "";
		/** Is the machine that runs the step's? */
		this.booted = false;
		box("tour-start").addEventListener("click", () => go(0));
		box("tour-back").addEventListener("click", () => go(this.number - 1));
		box("tour-next").addEventListener("click", () => go(this.number + 1 < STEPS.length ? this.number + 1 : -1));
		box("tour-end").addEventListener("click", () => go(-1));
		element("tour-form", HTMLFormElement).addEventListener("submit", event => {
			event.preventDefault();
			this.check();
		});
		box("tour-steps").replaceChildren(...STEPS.map((step, i) => html("li", {}, link(step.title, () => go(i)))));
	}

	get step() {
		return STEPS[this.number] ?? null;
	}

	/** @param {number} number */
	show(number) {
		this.number = STEPS[number] ? number : -1;
		this.tries = 0;
		this.drawn = "";
		this.booted = false;
		const { step } = this;
		box("tour").hidden = !step;
		box("tour-start").hidden = step !== null;
		if (!step)
			return;
		element("choose", HTMLDetailsElement).open = false;
		box("tour-number").textContent = `Step ${this.number + 1} of ${STEPS.length}`;
		box("tour-title").textContent = step.title;
		box("tour-text").replaceChildren(html("p", { class: "quiet" }, "The machine is on its way there."));
		box("tour-ask").textContent = step.ask;
		box("tour-says").textContent = "";
		element("tour-answer", HTMLInputElement).value = "";
		element("tour-back", HTMLButtonElement).disabled = this.number === 0;
		box("tour-next").textContent = this.number + 1 < STEPS.length ? "Next step" : "End of the tour";
		[...box("tour-steps").children].forEach((item, i) => item.classList.toggle("now", i === this.number));
	}

	/** The step's machine is there. */
	begin() {
		this.booted = true;
		this.draw();
	}

	/** The text, as soon as the machine is there. */
	draw() {
		const { step } = this, stage = this.stage();
		if (!step || !stage || this.drawn === step.title)
			return;
		this.drawn = step.title;
		box("tour-text").replaceChildren(...step.text(stage.state).map(paragraph => html("p", {}, paragraph)));
	}

	/** The stage that the step is about: the newest of this name. */
	stage() {
		/** @type {any} */
		const found = this.booted && this.page()?.doc.stages.find(stage => stage.name === this.step?.at);
		return found || null;
	}

	check() {
		const { step } = this, stage = this.stage(), page = this.page(), says = box("tour-says");
		const given = typedNumber(element("tour-answer", HTMLInputElement).value);
		if (!step || !stage || !page) {
			says.textContent = "The machine is not there yet.";
			return;
		}
		if (given === null) {
			says.textContent = "A number, please: decimal, or hexadecimal with 0x.";
			return;
		}
		const answer = step.answer?.(stage.state);
		const right = step.accept ? step.accept(given, page.session.machine, stage.state) : given === answer;
		this.tries += right ? 0 : 1;
		says.classList.toggle("right", right);
		says.textContent = right ? "Right: that is what stands in memory." : `Not quite. ${step.hint}` +
			(this.tries > 2 && answer !== undefined ? ` It is ${grouped(answer)}, ${hex(answer, 1)}.` : "");
	}
}
