// SPDX-License-Identifier: GPL-2.0-only
// Stops at the milestones. The emulator has no breakpoints, but a port of ours is told at once what is written
// to it. Each milestone but the first lies at the one call of a function: this call is led through a few bytes
// of code in a gap of the image, which write the milestone's number to the port and wait until it reads 0.
//
//	before:	push eax; mov al, NUMBER; call wait; pop eax
//	the call:	pop [return]; call FUNCTION; push [return]	(its arguments may lie on the stack)
//	after:	as before, and back
//
// So memory is exactly what it is at that moment, but for the stack below the stack pointer.

import { word32 } from "./multiboot2.js";

/** @typedef {import("../kernel").KernelDescription} KernelDescription */
/** @typedef {import("./elf.js").Elf} Elf */

export const STOP_PORT = 0xe0;
const CALL = 0xe8, CALL_SIZE = 5;

/** Waits at the port: out STOP_PORT, al; again: in al, STOP_PORT; test al, al; jnz again; ret */
const WAIT = [0xe6, STOP_PORT, 0xe4, STOP_PORT, 0x84, 0xc0, 0x75, 0xfa, 0xc3];

/** Bytes at an address, added one after the other. */
class Code {
	/** @param {number} start */
	constructor(start) {
		this.start = start;
		/** @type {number[]} */
		this.bytes = [];
	}

	get here() {
		return this.start + this.bytes.length;
	}

	/** @param {number[]} bytes */
	add(...bytes) {
		this.bytes.push(...bytes);
	}

	/**
	 * A call or jump.
	 * @param {number} opcode
	 * @param {number} target
	 */
	to(opcode, target) {
		this.add(opcode, ...word32(target - this.here - CALL_SIZE));
	}
}

/**
 * Leads the milestones' calls through code of ours: changes the file's bytes as they will be loaded.
 * @param {Elf} elf
 * @param {KernelDescription} kernel
 * @returns {{address: number, bytes: Uint8Array}} the code, to be put to its virtual address as well
 */
export function installStops(elf, kernel) {
	/** @type {Map<number, {before: number | null, after: number | null}>} */
	const calls = new Map();
	kernel.milestones.forEach(({ call, when }, number) => {
		if (call === null)
			return;
		const found = calls.get(call) ?? { before: null, after: null };
		found[when] = number;
		calls.set(call, found);
	});
	const code = new Code(kernel.room.start), wait = code.here;
	code.add(...WAIT);
	for (const [address, { before, after }] of calls) {
		const { data, at } = elf.place(address), view = new DataView(data.buffer, data.byteOffset);
		const target = address + CALL_SIZE + view.getInt32(at + 1, true);
		const saved = code.here, opcode = data[at];
		code.add(0, 0, 0, 0);
		view.setInt32(at + 1, code.here - address - CALL_SIZE, true);
		/** @type {(number: number | null) => void} */
		const stop = number => {
			if (number === null)
				return;
			code.add(0x50, 0xb0, number);
			code.to(CALL, wait);
			code.add(0x58);
		};
		stop(before);
		if (opcode !== CALL || after === null) {
			code.to(0xe9, target);		// its own return leads back to the caller
			continue;
		}
		code.add(0x8f, 0x05, ...word32(saved));
		code.to(CALL, target);
		code.add(0xff, 0x35, ...word32(saved));
		stop(after);
		code.add(0xc3);
	}
	if (code.bytes.length > kernel.room.size)
		throw new RangeError("the image has no room for the code at its milestones");
	return { address: kernel.room.start, bytes: Uint8Array.from(code.bytes) };
}
