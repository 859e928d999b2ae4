// SPDX-License-Identifier: GPL-2.0-only
// Boots the page's machine in node: `node boot.mjs MODULES PARTS`, with a JSON of {ram, map, given?,
// commandLine, at?, type?, why?} on standard input. On standard output a JSON of {log, milestones, typed, why}: what its
// readers find at each milestone (`at`: at these alone), what was said to each line of `type`, and what is said in the end
// of each page frame of `why`, by the reader and by the kernel.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { Machine } from "../../page/machine/machine.js";
import { readAll, readMoment } from "../../page/state/read.js";
import { Target } from "../../page/state/target.js";
import { why } from "../../page/state/why.js";

const PROMPT = "memdawn> ";
const [modules = "", parts = ""] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(0, "utf8"));
const { V86 } = await import(pathToFileURL(`${modules}/v86/build/libv86.mjs`).href);
const kernel = JSON.parse(readFileSync(`${parts}/kernel.json`, "utf8"));
const machine = new Machine({ V86, kernel, wasm: readFileSync(`${modules}/v86/build/v86.wasm`),
	elf: new Uint8Array(readFileSync(`${parts}/kernel.elf`)) }, asked);

let said = "";
let heard = () => {};
machine.onSerial = text => {
	said += text;
	heard();
};
function prompt() {
	return new Promise(resolve => {
		heard = () => {
			if (said.endsWith(PROMPT))
				resolve(said.slice(0, -PROMPT.length));
		};
		heard();
	});
}

const milestones = [];
machine.onMilestone = number => {
	const { name } = kernel.milestones[number];
	if (!asked.at || asked.at.includes(name))
		milestones.push({ name, state: (asked.whole ? readMoment : readAll)(machine) });
};
await machine.load();
machine.run();
const log = await prompt();
const typed = [];
for (const line of asked.type ?? []) {
	said = "";
	machine.type(line + "\n");
	typed.push({ answer: (await prompt()).replace(/\r/g, ""), state: (asked.whole ? readMoment : readAll)(machine) });
}
const told = [];
for (const pfn of asked.why ?? []) {
	said = "";
	machine.type(`why ${pfn}\n`);
	told.push({ pfn, kernel: (await prompt()).replace(/\r/g, "").split("\n").slice(1, -1), page: why(new Target(machine), pfn) });
}
process.stdout.write(JSON.stringify({ why: told, log: log.replace(/\r/g, ""), milestones, typed }), () => process.exit(0));
