// SPDX-License-Identifier: GPL-2.0-only
// What a Multiboot2 loader says to the kernel: the format that src/arch/i386/firmware/multiboot2.c reads.

/** @typedef {[start: number, end: number, type: number]} Entry a range of the memory map: bytes, the end excluded */
/** @typedef {{start: number, end: number, words: string}} Module where a module lies, and its words */

const COMMAND_LINE = 1, LOADER_NAME = 2, MODULE = 3, MEMORY_MAP = 6;
const ENTRY_SIZE = 24, TAG_HEADER = 8;

/** @param {string} text */
function characters(text) {
	return [...new TextEncoder().encode(text), 0];
}

/** @param {number} value */
export function word32(value) {
	return [value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24 & 255];
}

/** @param {number} value up to 2^53 */
function word64(value) {
	return [...word32(value % 2 ** 32), ...word32(Math.floor(value / 2 ** 32))];
}

/**
 * @param {number} type
 * @param {number[]} payload
 */
function tag(type, payload) {
	const size = TAG_HEADER + payload.length;
	return [...word32(type), ...word32(size), ...payload, ...new Array(-size & 7).fill(0)];
}

/**
 * The information, whole.
 * @param {{loader: string, commandLine: string, map: Entry[], modules: Module[]}} said
 */
export function bootInformation({ loader, commandLine, map, modules }) {
	const tags = [
		...tag(COMMAND_LINE, characters(commandLine)), ...tag(LOADER_NAME, characters(loader)),
		...modules.flatMap(({ start, end, words }) =>
			tag(MODULE, [...word32(start), ...word32(end), ...characters(words)])),
		...tag(MEMORY_MAP, [...word32(ENTRY_SIZE), ...word32(0), ...map.flatMap(([start, end, type]) =>
			[...word64(start), ...word64(end - start), ...word32(type), ...word32(0)])]),
		...tag(0, []),
	];
	return Uint8Array.from([...word32(tags.length + 8), ...word32(0), ...tags]);
}

/**
 * A map in the form of the kernel's module e820: entries of 20 bytes.
 * @param {Entry[]} map
 */
export function mapModule(map) {
	return Uint8Array.from(map.flatMap(([start, end, type]) =>
		[...word64(start), ...word64(end - start), ...word32(type)]));
}
