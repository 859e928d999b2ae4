// SPDX-License-Identifier: GPL-2.0-only
// What the page unpacks when it has been painted: the kernel and the emulator. They are in the page itself,
// compressed, or lie beside it on its server.

/**
 * @typedef {object} Loaded
 * @property {import("../machine/machine.js").Parts} parts of every machine
 * @property {import("./configuration.js").Reference[]} machines
 * @property {import("./real.js").Comparison} comparison
 * @property {any} Terminal xterm.js
 */

/** @param {string} name */
async function unpacked(name) {
	const here = document.getElementById(`part-${name}`);
	if (!here)
		return (await fetch(name)).arrayBuffer();
	const packed = Uint8Array.from(atob(here.textContent?.trim() ?? ""), character => character.charCodeAt(0));
	here.remove();
	const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
	return new Response(stream).arrayBuffer();
}

/** @param {ArrayBuffer} bytes */
function text(bytes) {
	return new TextDecoder().decode(bytes);
}

/**
 * Runs a library's script, which leaves what it has to give in a global name.
 * @param {string} source
 * @param {string} name
 */
function library(source, name) {
	const element = document.createElement("script");
	element.textContent = source;
	document.head.append(element);
	element.remove();
	return /** @type {any} */ (window)[name];
}

/** @returns {Promise<Loaded>} */
export async function loadParts() {
	const names = ["kernel.json", "kernel.elf", "v86.wasm", "v86.js", "xterm.js", "machines.json"];
	const [kernel, elf, wasm, v86, xterm, machines] = await Promise.all(names.map(unpacked));
	if (!kernel || !elf || !wasm || !v86 || !xterm || !machines)
		throw new Error("a part is missing");
	return { Terminal: library(text(xterm), "Terminal"), ...JSON.parse(text(machines)),
		parts: { V86: library(text(v86), "V86"), wasm, elf: new Uint8Array(elf), kernel: JSON.parse(text(kernel)) } };
}
