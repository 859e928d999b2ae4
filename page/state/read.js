// SPDX-License-Identifier: GPL-2.0-only
// All readers, by their names, in the order of the boot.

import * as boot from "./boot_memory.js";
import * as kernel from "./kernel.js";
import * as tables from "./page_tables.js";
import * as pages from "./pages.js";
import { Missing, Target } from "./target.js";

/** @typedef {import("./target.js").Memory} Memory */
/** @typedef {import("../kernel").Reading} Reading */

/** @type {Record<string, (target: Target) => any>} */
export const READERS = {
	machine: kernel.machineState, dmesg: kernel.dmesg, raw_e820: boot.rawE820, e820: boot.e820,
	early_res: boot.earlyRes, node_map: boot.nodeMap, bootmem: boot.bootmem, memblock: boot.memblock,
	owners: boot.owners, borders: kernel.borders, layout: kernel.virtualLayout, pgtable: tables.pgtable,
	fixmap: tables.fixmap, pkmap: tables.pkmap, zones: pages.zones, buddyinfo: pages.buddyinfo,
	freelist: pages.freeLists, balance: pages.balance, slabinfo: kernel.slabinfo,
};

/**
 * What a reader gives, or why there is nothing.
 * @param {Target} target
 * @param {(target: Target) => any} reader
 * @returns {Reading}
 */
export function read(target, reader) {
	try {
		return { data: target.once(reader) };
	} catch (error) {
		if (error instanceof Missing)
			return { missing: error.message };
		throw error;
	}
}

/**
 * @param {Memory} machine
 * @param {string[]} names
 */
export function readAll(machine, names = Object.keys(READERS), target = new Target(machine)) {
	/** @type {Record<string, Reading>} */
	const found = {};
	for (const name of names) {
		const reader = READERS[name];
		if (reader)
			found[name] = read(target, reader);
	}
	return found;
}

/**
 * What the pictures need of a moment.
 * @param {Memory} machine
 */
export function readMoment(machine) {
	const target = new Target(machine), found = readAll(machine, undefined, target);
	found.image = { data: target.isLoaded() ? kernel.imageAreas(target) : [] };
	found.page_offset = { data: target.pageOffset };
	if (found.balance?.data)
		found.in_use = { data: target.once(pages.inUse) };
	return found;
}
