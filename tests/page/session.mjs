// SPDX-License-Identifier: GPL-2.0-only
// A session of the page in node: `node session.mjs MODULES PARTS`, with a JSON of {chosen, commands} on standard
// input; chosen: a configuration. A command may have {free} or {kmapped} in it, which stand for what an earlier one was
// given. On standard output a JSON list: of each command its answer, and of the state drawn then whether the balance
// holds, the free blocks by order, and the bytes of each kind that is drawn.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { hardware } from "../../page/app/configuration.js";
import { Session } from "../../page/app/session.js";

const [modules = "", parts = ""] = process.argv.slice(2);
const asked = JSON.parse(readFileSync(0, "utf8"));
const { V86 } = await import(pathToFileURL(`${modules}/v86/build/libv86.mjs`).href);
const loaded = { V86, kernel: JSON.parse(readFileSync(`${parts}/kernel.json`, "utf8")),
	wasm: readFileSync(`${modules}/v86/build/v86.wasm`), elf: new Uint8Array(readFileSync(`${parts}/kernel.elf`)) };
const made = hardware(asked.chosen, []);

let said = "";
let booted = () => {};
const session = new Session(loaded, made.hardware, "", { stage() {}, serial: text => said += text,
	condition: () => {
		if (session?.condition === "prompt")
			booted();
	} });
await session.load();
const ready = new Promise(resolve => booted = resolve);
session.runAll();
await ready;

const taken = [], mapped = [];
function fill(command) {
	return command.replace("{free}", () => taken.shift() ?? "0").replace("{kmapped}", () => mapped.shift() ?? "0")
		.replace("{taken}", () => taken[0] ?? "0");
}
const results = [];
for (const template of asked.commands) {
	const command = fill(template);
	said = "";
	await session.command(command);
	const given = said.match(/page frame (\d+), order/);
	if (given && command.startsWith("alloc"))
		taken.push(given[1]);
	if (command.startsWith("kmap ") && said.includes("slot"))
		mapped.push(command.slice(5));
	const { state, physical } = session.doc.stages.at(-1), kinds = {};
	for (const { kind, start, end } of physical)
		kinds[kind] = (kinds[kind] ?? 0) + end - start;
	results.push({ command, answer: said.replace(/\r/g, ""), balance: state.balance.data, kinds,
		buddyinfo: state.buddyinfo.data });
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
