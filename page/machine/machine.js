// SPDX-License-Identifier: GPL-2.0-only
// One machine: the emulator v86 with the kernel in its memory, without BIOS and boot loader. What they would have
// done is done here: the image is put to its addresses, the information of a Multiboot2 loader beside it, and
// two words into the BIOS's data. Runs in a page and in node.

import { Elf } from "./elf.js";
import { bootInformation, mapModule, word32 } from "./multiboot2.js";
import { STOP_PORT, installStops } from "./stops.js";

/** @typedef {import("../kernel").KernelDescription} KernelDescription */
/** @typedef {import("../kernel").Emulator} Emulator */
/** @typedef {import("./multiboot2.js").Entry} Entry */

/**
 * What a machine is made of. V86: the emulator's constructor; wasm: its program; elf: the kernel's file.
 * @typedef {{V86: new (options: object) => Emulator, wasm: BufferSource, elf: Uint8Array, kernel: KernelDescription}} Parts
 */

/**
 * A machine that can be booted. map: the firmware's; given: a map that the kernel takes instead (its module
 * e820), of memory that need not exist.
 * @typedef {{ram: number, map: Entry[], given?: Entry[], commandLine: string}} Hardware
 */

const MIB = 2 ** 20, PAGE = 4096, RAM = 1;
export const LOADER = "the page";
const BOOT_MAGIC = 0x36d76289;			// EAX, for Multiboot2
const STUB = 0x8000, STUB_SIZE = 64;
const BIOS_EBDA = 0x40e, BIOS_KILOBYTES = 0x413;	// the segment, and the RAM below it in KiB
const UNIT = 128 * 1024;			// of the emulator's RAM
/** The emulator's most. */
export const MOST_RAM = 2048 * MIB - UNIT;

/** @param {number} address */
function pageUp(address) {
	return Math.ceil(address / PAGE) * PAGE;
}

/**
 * A program for the emulator's own loader, which knows the first Multiboot alone: it goes on to the kernel.
 * @param {number} entry
 * @param {number} information
 */
function stub(entry, information) {
	const magic = 0x1badb002, flags = 0x10000, code = [0xb8, ...word32(BOOT_MAGIC), 0xbb, ...word32(information),
		0xb9, ...word32(entry), 0xff, 0xe1];
	const header = [magic, flags, -(magic + flags), STUB, STUB, STUB + STUB_SIZE, 0, STUB + 32].flatMap(word32);
	const bytes = new Uint8Array(STUB_SIZE);
	bytes.set([...header, ...code]);
	return bytes.buffer;
}

/**
 * Where conventional memory ends, by the map: what a BIOS keeps for itself begins there.
 * @param {Entry[]} map
 */
function ebda(map) {
	const low = map.filter(([start, end, type]) => type === RAM && start < 0xa0000 && end <= 0xa0000)
		.map(([, end]) => end);
	return Math.max(0, ...low) || 0x9fc00;
}

export class Machine {
	/**
	 * @param {Parts} parts
	 * @param {Hardware} hardware
	 */
	constructor(parts, hardware) {
		this.parts = parts;
		this.hardware = hardware;
		this.elf = new Elf(parts.elf);
		/** @type {Emulator | null} */
		this.emulator = null;
		this.dead = false;
		this.waiting = false;
		/** The milestone at which it stands, or the last that it has passed; -1 before the first. */
		this.milestone = -1;
		/** @type {Set<number>} where it is to stop */
		this.stops = new Set();
		/** @type {(text: string) => void} what comes out of the serial port */
		this.onSerial = () => {};
		/** @type {(number: number, stopped: boolean) => void} a milestone is reached: memory is as it is there */
		this.onMilestone = () => {};
		/** The kernel wants to begin anew. */
		this.onReset = () => {};
	}

	/** Puts everything into its place; the kernel is at its first instruction then. */
	async load() {
		const { V86, wasm, kernel } = this.parts, { ram } = this.hardware;
		const stops = installStops(this.elf, kernel), information = this.information();
		const emulator = this.emulator = new V86({
			wasm_fn: async (/** @type {any} */ imports) => (await WebAssembly.instantiate(wasm, imports))
				.instance.exports,
			memory_size: Math.min(MOST_RAM, Math.ceil(ram / UNIT) * UNIT), vga_memory_size: MIB,
			multiboot: { buffer: stub(this.elf.entry, information.at) },
			autostart: false, disable_keyboard: true, disable_mouse: true, disable_speaker: true,
		});
		await new Promise(resolve => emulator.add_listener("emulator-ready", resolve));
		for (const { physical, size, data } of this.elf.segments) {
			emulator.write_memory(new Uint8Array(size), physical);
			emulator.write_memory(data, physical);
		}
		emulator.write_memory(stops.bytes, stops.address - kernel.page_offset);
		for (const { at, bytes } of [information, ...information.modules])
			emulator.write_memory(bytes, at);
		const end = ebda(this.hardware.map);
		emulator.write_memory(Uint8Array.from(word32(end >> 4)), BIOS_EBDA);
		emulator.write_memory(Uint8Array.from(word32(end >> 10).slice(0, 2)), BIOS_KILOBYTES);
		this.listen(emulator);
		this.reach(0);
	}

	/** The loader's information and modules, after the image. */
	information() {
		const { map, given, commandLine } = this.hardware, last = this.elf.segments.at(-1);
		if (!last)
			throw new Error("the kernel's file has nothing to load");
		let at = pageUp(last.physical + last.size);
		/** @type {{at: number, bytes: Uint8Array, words: string}[]} */
		const modules = [];
		/** @type {(bytes: Uint8Array, words: string) => void} */
		const add = (bytes, words) => {
			modules.push({ at, bytes, words });
			at = pageUp(at + bytes.length);
		};
		if (given)
			add(mapModule(given), "e820");
		if (commandLine.split(" ").includes("memdawn.bootalloc=all"))
			add(this.parts.elf, "kernel");
		return { at, modules, bytes: bootInformation({ loader: LOADER, commandLine, map, modules:
			modules.map(({ at: start, bytes, words }) => ({ start, end: start + bytes.length, words })) }) };
	}

	/** @param {Emulator} emulator */
	listen(emulator) {
		emulator.add_listener("serial0-output-byte", (/** @type {number} */ byte) =>
			this.onSerial(String.fromCharCode(byte)));
		const { io } = emulator.v86.cpu;
		io.register_write(STOP_PORT, this, (/** @type {number} */ number) => this.reach(number));
		io.register_read(STOP_PORT, this, () => this.waiting ? 1 : 0);
		// There is no BIOS that a reset could begin with: what is at its address are zeros.
		const { cpu } = emulator.v86, reset = cpu.reboot_internal;
		cpu.reboot_internal = () => {
			reset.call(cpu);
			this.pause();
			this.onReset();
		};
	}

	/** @param {number} number of a milestone that is reached */
	reach(number) {
		this.milestone = number;
		this.waiting = this.stops.has(number);
		this.onMilestone(number, this.waiting);
		if (this.waiting)
			this.emulator?.stop();
	}

	/** Goes on, or begins. */
	run() {
		this.waiting = false;
		return this.emulator?.run();
	}

	pause() {
		return this.emulator?.stop();
	}

	/** @param {string} text to the serial port */
	type(text) {
		this.emulator?.serial_send_bytes(0, new TextEncoder().encode(text));
	}

	/** How much RAM the emulator has, in bytes. */
	get ram() {
		return this.emulator?.v86.cpu.mem8.length ?? 0;
	}

	/**
	 * Physical memory: a view, which changes with it. Null where there is none.
	 * @param {number} address
	 * @param {number} size
	 * @returns {Uint8Array | null}
	 */
	memory(address, size) {
		const cpu = this.emulator?.v86.cpu;
		if (!cpu || address < 0 || address + size > cpu.mem8.length)
			return null;
		return cpu.mem8.subarray(address, address + size);
	}

	/** Control registers. There is no EFER: nothing of it is on. */
	registers() {
		const cr = this.emulator?.v86.cpu.cr ?? [0, 0, 0, 0, 0];
		return { cr0: (cr[0] ?? 0) >>> 0, cr3: (cr[3] ?? 0) >>> 0, cr4: (cr[4] ?? 0) >>> 0, efer: 0 };
	}

	/** The machine is not needed any more. */
	async destroy() {
		const { emulator } = this;
		this.emulator = null;
		this.onSerial = this.onMilestone = this.onReset = () => {};
		if (emulator && !this.dead)
			await emulator.destroy();
	}
}
