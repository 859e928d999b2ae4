// SPDX-License-Identifier: GPL-2.0-only
// One machine from its first instruction on: it is read at each milestone, and after the boot whenever the prompt
// comes back. What is found is a document of the report's form, which grows.

import { LOADER, Machine } from "../machine/machine.js";
import { markSince, physicalEnd, physicalRanges, virtualRanges } from "../state/ranges.js";
import { readMoment } from "../state/read.js";

/** @typedef {import("../machine/machine.js").Hardware} Hardware */
/** @typedef {import("../machine/machine.js").Parts} Parts */
/** @typedef {import("../../scripts/report/document").Document} Document */
/** @typedef {import("../../scripts/report/document").Range} Range */
/** @typedef {import("../../scripts/report/document").Stage} Stage */
/** @typedef {"loading" | "running" | "waiting" | "busy" | "prompt" | "ended"} Condition */

export const PROMPT = "memdawn> ";
export const NOW = "now";
const UNKNOWN = "nothing is known of it yet";

/**
 * What a session tells.
 * @typedef {object} Hears
 * @property {(index: number) => void} stage a stage has been read, or anew
 * @property {(text: string) => void} serial
 * @property {() => void} condition
 */

export class Session {
	/**
	 * @param {Parts} parts
	 * @param {Hardware} hardware
	 * @param {string} title
	 * @param {Hears} hears
	 */
	constructor(parts, hardware, title, hears) {
		this.parts = parts;
		this.hardware = hardware;
		this.hears = hears;
		this.milestones = parts.kernel.milestones;
		/** @type {Condition} */
		this.condition = "loading";
		/** Why it has ended. */
		this.why = "";
		/** The last words of the serial port. */
		this.tail = "";
		this.top = 0;
		/** @type {Document} */
		this.doc = { title, version: "", stages: [], events: [], log: [], sources: parts.kernel.sources, glue: [],
			machine: { loader: LOADER, command_line: hardware.commandLine, boot_allocator: "", borders: {} } };
		this.machine = new Machine(parts, hardware);
		this.machine.onSerial = text => this.hear(text);
		this.machine.onMilestone = number => this.arrive(number);
		this.machine.onReset = () => this.end("The machine was reset. There is no firmware in this page: boot again.");
		/** @type {(() => void) | null} what waits for the prompt */
		this.answered = null;
	}

	/** @param {Condition} condition */
	set(condition) {
		this.condition = condition;
		this.hears.condition();
	}

	/** @param {string} why */
	end(why) {
		this.why = why;
		this.set("ended");
		this.answered?.();
	}

	async load() {
		await this.machine.load();
		if (this.condition === "loading")
			this.set("waiting");
	}

	/** @param {number} milestone where to stop */
	runTo(milestone) {
		if (this.condition === "ended")
			return;
		this.machine.stops = new Set([milestone]);
		this.set("running");
		this.machine.run();
	}

	/** To the prompt. */
	runAll() {
		if (this.condition === "ended")
			return;
		this.machine.stops = new Set();
		this.set("running");
		this.machine.run();
	}

	/** The emulator has failed. */
	fail() {
		this.machine.dead = true;
		this.end("The emulator could not go on: v86 has no task gates, by which this kernel reports a double fault, " +
			"and some exceptions that a processor has. Boot again.");
	}

	// --- what it hears ---

	/** @param {number} number of a milestone */
	arrive(number) {
		const milestone = this.milestones[number];
		if (!milestone)
			return;
		const { name, when, meaning, source } = milestone;
		this.keep(number, { name, when, meaning, source, function: milestone.function });
		if (this.machine.waiting)
			this.set("waiting");
	}

	/** @param {string} text */
	hear(text) {
		this.hears.serial(text);
		this.tail = (this.tail + text).slice(-400);
		if (this.tail.endsWith(PROMPT)) {
			this.tail = "";
			this.look();
			this.set("prompt");
			this.answered?.();
		} else if (/Kernel panic - not syncing: [^\n]*\n/.test(this.tail) && this.condition !== "ended") {
			this.end("The kernel has panicked; its log says why.");
			this.look();
		} else if (this.condition === "prompt") {
			this.set("busy");
		}
	}

	/** The machine as it is now, after the boot. */
	look() {
		if (this.doc.stages.length < this.milestones.length)
			return;
		const { prompt } = this.parts.kernel;
		this.keep(this.milestones.length, { name: NOW, when: "before", function: prompt.function, source: prompt,
			meaning: "the boot is over, the machine is yours: this is its memory as it is" });
	}

	/**
	 * @param {number} index
	 * @param {Omit<Stage, "state" | "physical" | "virtual">} about
	 */
	keep(index, about) {
		const state = readMoment(this.machine);
		/** @type {any} */
		const stage = { ...about, state };
		const { stages } = this.doc;
		stages[index] = stage;
		stages.length = index + 1;
		const top = Math.max(this.top, physicalEnd([state]) || this.firmwareEnd());
		if (top !== this.top) {
			this.top = top;
			stages.forEach(known => this.paint(known));
			stages.forEach((_, number) => markSince(/** @type {any} */ (stages), top, number));
		} else {
			this.paint(stage);
			markSince(/** @type {any} */ (stages), top);
		}
		this.readDocument(index, state);
		this.hears.stage(index);
	}

	/** Before the kernel has looked at any map. */
	firmwareEnd() {
		return Math.max(...(this.hardware.given ?? this.hardware.map).filter(([, , type]) => type === 1)
			.map(([, end]) => end));
	}

	/** @param {any} stage */
	paint(stage) {
		stage.physical = physicalRanges(stage.state, this.top);
		stage.virtual = virtualRanges(stage.state);
		if (!stage.state.raw_e820.data)
			stage.physical = this.asLoaded();
	}

	/**
	 * Before there is a map in the kernel's memory: its image alone.
	 * @returns {Range[]}
	 */
	asLoaded() {
		const { segments } = this.machine.elf, first = segments[0], last = segments.at(-1);
		const start = first?.physical ?? 0, end = last ? last.physical + last.size : 0;
		/** @type {(from: number, to: number, kind: Range["kind"], owner: string) => Range} */
		const range = (from, to, kind, owner) => ({ start: from, end: to, kind, owner, zone: null, event: null, since: 0 });
		return [range(0, start, "hole", UNKNOWN), range(start, end, "kept", "the image, as it was loaded"),
			range(end, Math.max(this.top, end + 1), "hole", UNKNOWN)];
	}

	/**
	 * The document's own words, and the log as far as it is new.
	 * @param {number} index
	 * @param {Record<string, import("../kernel").Reading>} state
	 */
	readDocument(index, state) {
		const { doc } = this, lines = state.dmesg?.data ?? [];
		doc.log = doc.log.filter(line => line.stage < index);
		for (const { level, text } of lines.slice(doc.log.length))
			doc.log.push({ level, text, stage: index, calls: [] });
		doc.version = lines[0]?.text.replace(/^memdawn: /, "") ?? "";
		doc.machine.boot_allocator = state.machine?.data?.boot_allocator ?? "not chosen yet";
		doc.machine.borders = Object.fromEntries(Object.entries(state.borders?.data ?? {})
			.map(([name, border]) => [name, /** @type {any} */ (border).value]));
	}

	/**
	 * Types a line and waits for the answer.
	 * @param {string} line
	 */
	async command(line) {
		if (this.condition !== "prompt")
			return;
		this.set("busy");
		await new Promise(resolve => {
			this.answered = () => resolve(undefined);
			this.machine.type(line + "\r");
		});
		this.answered = null;
	}

	destroy() {
		this.condition = "ended";
		this.hears = { stage() {}, serial() {}, condition() {} };
		return this.machine.destroy();
	}
}
