// SPDX-License-Identifier: GPL-2.0-only
// What the page knows of the kernel (scripts/build/page-kernel), what it reads from its memory (the same that
// scripts/memdawn/state reads by GDB, in the same form), and what it uses of the emulator.

/** Types by number: a number, an array, a struct. */
export type WrittenType = ["n", number, number] | ["a", number, number, number] |
	["s", string, number, Record<string, [number, number]>];

export interface Source { function: string, file: string | null, line: number }

/** call: the address of the one call at which it can be seen; null for the entry. */
export interface Milestone {
	name: string, when: "before" | "after", function: string, meaning: string,
	call: number | null, source: Source
}

export interface KernelDescription {
	page_offset: number,
	symbols: Record<string, number>,
	functions: [address: number, size: number, name: string][],
	variables: Record<string, [file: string, address: number, type: number][]>,
	structs: Record<string, number>,
	enums: Record<string, Record<string, number>>,
	types: WrittenType[],
	milestones: Milestone[],
	/** What runs after the boot; the functions of all sources: file to line number to text. */
	prompt: Source,
	sources: Record<string, Record<string, string>>,
	room: { start: number, size: number }
}

/** v86, as far as it is used; what is in v86 itself is of this very version. */
export interface Emulator {
	add_listener(event: string, listener: (argument: any) => void): void;
	run(): Promise<void>;
	stop(): Promise<void>;
	destroy(): Promise<void>;
	is_running(): boolean;
	serial_send_bytes(serial: number, data: Uint8Array): void;
	write_memory(data: Uint8Array, address: number): void;
	v86: {
		cpu: {
			mem8: Uint8Array, cr: Int32Array, reboot_internal: () => void,
			io: {
				register_write(port: number, device: object, write: (value: number) => void): void,
				register_read(port: number, device: object, read: () => number): void
			}
		}
	};
}

declare global {
	/** Not in tsc's own list yet. */
	var DecompressionStream: new (format: string) => { readable: ReadableStream, writable: WritableStream };
	interface Array<T> {
		findLastIndex(test: (value: T) => boolean): number;
	}
}

/** What a reader gave, or why there was nothing. */
export type Reading<T = any> = { data: T, missing?: undefined } | { data?: undefined, missing: string };
