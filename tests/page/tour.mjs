// SPDX-License-Identifier: GPL-2.0-only
// The tour's steps in node: `node tour.mjs MODULES PARTS`. On standard output a JSON list: of each step its title,
// what is asked, its answer at its moment (null where there are many), its words, whether what is to be shown is
// found there, whether wrong numbers are refused; and for the steps at the prompt what was typed and whether its
// answer is taken.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { FIRST, hardware } from "../../page/app/configuration.js";
import { Session } from "../../page/app/session.js";
import { STEPS } from "../../page/app/tour_steps.js";
import { find } from "../../scripts/report/search.js";

/** What a reader would type at a step, and where the answer stands. */
const TYPED = { "A block is split": ["alloc 3 highuser", /page frame (\d+)/, 10],
	"A window to high memory": ["kmap 300000", /slot \d+ at ([0-9a-f]+)/, 16],
	"Addresses in a row": ["vmalloc 65536", /([0-9a-f]{8})/, 16] };

const [modules = "", parts = ""] = process.argv.slice(2);
const { V86 } = await import(pathToFileURL(`${modules}/v86/build/libv86.mjs`).href);
const loaded = { V86, kernel: JSON.parse(readFileSync(`${parts}/kernel.json`, "utf8")),
	wasm: readFileSync(`${modules}/v86/build/v86.wasm`), elf: new Uint8Array(readFileSync(`${parts}/kernel.elf`)) };
const { machines } = JSON.parse(readFileSync(`${parts}/machines.json`, "utf8"));

let said = "";
const booted = new Map();
async function sessionOf(chosen) {
	const key = JSON.stringify(chosen);
	if (!booted.has(key)) {
		let ready = () => {};
		const { hardware: made } = hardware(chosen, machines);
		const session = new Session(loaded, made, "", { stage() {}, serial: text => said += text,
			condition: () => {
				if (session?.condition === "prompt")
					ready();
			} });
		await session.load();
		const done = new Promise(resolve => ready = resolve);
		session.runAll();
		await done;
		booted.set(key, session);
	}
	return booted.get(key);
}

const results = [];
for (const step of STEPS) {
	const session = await sessionOf({ ...FIRST, ...step.machine });
	const stageOf = () => session.doc.stages.find(known => known.name === step.at);
	const found = { title: step.title, ask: step.ask, at: step.at, answer: step.answer?.(stageOf().state) ?? null,
		text: step.text(stageOf().state).join("\n"),
		shown: step.find === undefined || find(stageOf(), step.find).found.length > 0 };
	found.refused = !step.accept || !step.accept(12345678901, session.machine, stageOf().state);
	const typed = TYPED[step.title];
	if (typed) {
		const [command, where, base] = typed;
		said = "";
		await session.command(command);
		const given = parseInt(said.replace(command, "").match(where)?.[1] ?? "", base);
		found.typed = { command, given, taken: step.accept(given, session.machine, stageOf().state) };
	}
	results.push(found);
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
