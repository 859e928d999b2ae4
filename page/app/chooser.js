// SPDX-License-Identifier: GPL-2.0-only
// The form in which a machine is chosen.

import { element } from "../../scripts/report/app.js";
import { html } from "../../scripts/report/dom.js";
import { ALLOCATORS, FIRST, chosenMap, hardware, ramText, reference } from "./configuration.js";
import { mapText, parseMap } from "./maps.js";

/** @typedef {import("./configuration.js").Configuration} Configuration */
/** @typedef {import("./configuration.js").Reference} Reference */

const SIZES = [32, 64, 128, 256, 512, 896, 1024, 2048, 4096, 8192, 16384, 65536];

/**
 * Linux's own parameters and some of ours: the word, what it does.
 * @type {[string, string][]}
 */
const WORDS = [
	["mem=100M", "use no memory above this address"],
	["highmem=512M", "so much high memory, at most what there is"],
	["vmalloc=256M", "room for vmalloc: it is taken from low memory"],
	["memmap=100M$1000M", "reserve 100 MiB at 1000 MiB"],
	["memmap=exactmap memmap=640K@0 memmap=255M@1M", "a map of one's own in place of the firmware's"],
	["kernelcore=512M", "the rest becomes a zone Movable"],
	["mem=nopentium", "map low memory in pages of 4 KiB only"],
	["bootmem_debug", "the boot allocator says what it does"],
	["mminit_loglevel=4", "the zones' set-up is checked and said"],
	["memtest=1", "test memory before it is used"],
	["memdawn.dump=balance", "where each page frame is, in the log"],
	["memdawn.selftest", "the memory manager tests itself at the end"],
];

export class Chooser {
	/**
	 * @param {Reference[]} machines
	 * @param {(chosen: Configuration) => void} boot
	 */
	constructor(machines, boot) {
		this.machines = machines;
		this.machine = element("choose-machine", HTMLSelectElement);
		this.ram = element("choose-ram", HTMLSelectElement);
		this.alloc = element("choose-alloc", HTMLSelectElement);
		this.words = element("choose-words", HTMLInputElement);
		this.map = element("choose-map", HTMLTextAreaElement);
		this.says = element("choose-says", HTMLElement);
		this.start = element("choose-boot", HTMLButtonElement);
		this.fill();
		element("choose-form", HTMLFormElement).addEventListener("submit", event => {
			event.preventDefault();
			if (!hardware(this.chosen(), machines).problem)
				boot(this.chosen());
		});
		for (const field of [this.machine, this.ram, this.alloc, this.words])
			field.addEventListener("input", () => this.changed(field === this.machine));
		this.map.addEventListener("input", () => {
			this.machine.value = "own";
			this.changed(false);
		});
		this.drops();
	}

	fill() {
		const groups = [...new Set(this.machines.map(machine => machine.group))];
		this.machine.replaceChildren(html("option", { value: "pc" }, "a PC with so much RAM:"),
			html("option", { value: "own" }, "a map of your own, or from a boot log"),
			...groups.map(group => html("optgroup", { label: group }, this.machines.filter(m => m.group === group)
				.map(m => html("option", { value: m.id }, m.title)))));
		this.ram.replaceChildren(...SIZES.map(size => html("option", { value: size }, ramText(size))));
		this.alloc.replaceChildren(...Object.entries(ALLOCATORS).map(([name, text]) =>
			html("option", { value: name }, text)));
		element("choose-parameters", HTMLElement).replaceChildren(...WORDS.map(([word, text]) =>
			html("li", {}, html("button", { type: "button", class: "mono", onclick: () => {
				this.words.value = `${this.words.value} ${word}`.trim();
				this.changed(false);
			} }, word), ` ${text}`)));
	}

	/** A log or a map that is dropped on the field. */
	drops() {
		this.map.addEventListener("dragover", event => event.preventDefault());
		this.map.addEventListener("drop", async event => {
			const [file] = event.dataTransfer?.files ?? [];
			if (!file)
				return;
			event.preventDefault();
			this.map.value = (await file.text()).slice(0, 2 ** 20);
			this.machine.value = "own";
			this.changed(false);
		});
	}

	/** @returns {Configuration} */
	chosen() {
		return { machine: this.machine.value, ram: Number(this.ram.value), alloc: this.alloc.value,
			words: this.words.value.trim(), map: this.machine.value === "own" ? this.map.value : "" };
	}

	/** @param {boolean} another the machine is another one: its words and its map are put in */
	changed(another) {
		const chosen = this.chosen(), known = reference(chosen, this.machines);
		if (another && known)
			this.words.value = known.words;
		this.ram.disabled = chosen.machine !== "pc";
		if (chosen.machine !== "own")
			this.map.value = mapText(chosenMap(chosen, this.machines));
		else if (another)
			this.map.focus();
		const found = hardware(this.chosen(), this.machines), refused = parseMap(this.map.value).refused;
		this.start.disabled = found.problem !== undefined;
		const said = [found.problem ?? "", refused.length ? `Not understood: ${refused[0]}` : "",
			found.hardware?.given ? "This map is larger than the emulator's memory: the kernel takes it from a module. " +
				"High memory of it has struct pages and stands in the free lists, but can't be looked into." : "",
			known?.about ?? ""];
		this.says.textContent = said.filter(Boolean).join(" ");
	}

	/** @param {Configuration} chosen what runs */
	show(chosen) {
		if (chosen.machine === "pc" && ![...this.ram.options].some(option => Number(option.value) === chosen.ram))
			this.ram.append(html("option", { value: chosen.ram }, ramText(chosen.ram)));
		this.machine.value = chosen.machine;
		this.ram.value = String(chosen.machine === "pc" ? chosen.ram : FIRST.ram);
		this.alloc.value = chosen.alloc;
		this.words.value = chosen.words;
		this.map.value = chosen.map;
		this.changed(false);
	}
}
