// SPDX-License-Identifier: GPL-2.0-only
// The kernel's ELF file, as far as a loader reads it.

/** @typedef {{virtual: number, physical: number, size: number, data: Uint8Array}} Segment data, then zeros up to size */

const PT_LOAD = 1;

export class Elf {
	/** @param {Uint8Array} bytes */
	constructor(bytes) {
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		if (bytes.length < 52 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 1)
			throw new Error("not a 32-bit ELF file");
		this.bytes = bytes;
		this.entry = view.getUint32(24, true);
		/** @type {Segment[]} */
		this.segments = [];
		const table = view.getUint32(28, true), step = view.getUint16(42, true);
		for (let number = 0; number < view.getUint16(44, true); number++) {
			/** @type {(field: number) => number} */
			const word = field => view.getUint32(table + number * step + 4 * field, true);
			if (word(0) === PT_LOAD)
				this.segments.push({ virtual: word(2), physical: word(3), size: word(5),
					data: bytes.slice(word(1), word(1) + word(4)) });
		}
	}

	/**
	 * Where the bytes at a virtual address lie, which the file must have.
	 * @param {number} address
	 * @returns {{data: Uint8Array, at: number}}
	 */
	place(address) {
		for (const { virtual, data } of this.segments)
			if (address >= virtual && address < virtual + data.length)
				return { data, at: address - virtual };
		throw new RangeError(`the file has nothing at 0x${address.toString(16)}`);
	}

	/**
	 * Bytes as they are loaded at a virtual address; zeros where the file has none.
	 * @param {number} address
	 * @param {number} size
	 */
	read(address, size) {
		for (const { virtual, size: length, data } of this.segments) {
			const at = address - virtual;
			if (at >= 0 && at + size <= length) {
				const found = new Uint8Array(size);
				found.set(data.subarray(at, at + size));
				return found;
			}
		}
		throw new RangeError(`no segment has ${size} bytes at 0x${address.toString(16)}`);
	}

	/**
	 * The characters at a virtual address, up to the NUL.
	 * @param {number} address
	 */
	string(address) {
		const { data, at } = this.place(address), end = data.indexOf(0, at);
		return String.fromCharCode(...data.subarray(at, end < 0 ? data.length : end));
	}
}
