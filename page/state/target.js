// SPDX-License-Identifier: GPL-2.0-only
// What the readers read from: physical memory, symbols and types. The readers are those of scripts/memdawn/state
// in the browser's language: a test compares what both find at every milestone.

/** @typedef {import("../kernel").KernelDescription} KernelDescription */
/** @typedef {import("../machine/elf.js").Elf} Elf */

/**
 * A machine, as far as it is read.
 * @typedef {object} Memory
 * @property {(address: number, size: number) => Uint8Array | null} memory physical memory
 * @property {() => {cr0: number, cr3: number, cr4: number, efer: number}} registers
 * @property {Elf} elf the file as it was loaded
 * @property {{kernel: KernelDescription}} parts
 */

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;

/** There is nothing to be read; the message says why. */
export class Missing extends Error {}

/** The function that makes it has not run yet. */
export class NotReady extends Missing {
	/** @param {string} name the function */
	constructor(name) {
		super(`not initialised yet (needs ${name})`);
	}
}

/** Memory that is not there, or a list that is not whole. */
export class Unreadable extends Missing {}

/** @param {number} value */
export function hexadecimal(value) {
	return "0x" + value.toString(16);
}

/** @param {Uint8Array} bytes */
function view(bytes) {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
	let text = "";
	for (const byte of bytes)
		text += String.fromCharCode(byte);
	return text;
}

/**
 * The types that have been made, of each kernel.
 * @type {WeakMap<KernelDescription, Type[]>}
 */
const known = new WeakMap();

/**
 * @param {KernelDescription} kernel
 * @param {number} number
 */
function typeOf(kernel, number) {
	const types = known.get(kernel) ?? [];
	known.set(kernel, types);
	return types[number] ??= new Type(kernel, number);
}

/** A C type, and bytes read as such. */
class Type {
	/**
	 * @param {KernelDescription} kernel
	 * @param {number} number
	 */
	constructor(kernel, number) {
		const written = kernel.types[number];
		if (!written)
			throw new RangeError(`no type ${number}`);
		this.written = written;
		this.kernel = kernel;
		/** @type {number} */
		this.size = written[0] === "a" ? typeOf(kernel, written[1]).size * written[2] :
			written[0] === "n" ? written[1] : written[2];
	}

	/**
	 * (offset, type) of a field of a field of ...
	 * @param {string[]} path
	 * @returns {[number, Type]}
	 */
	field(...path) {
		/** @type {Type} */
		let kind = this;
		let at = 0;
		for (const name of path) {
			const found = kind.written[0] === "s" ? kind.written[3][name] : undefined;
			if (!found)
				throw new RangeError(`${name} is no field`);
			at += found[0];
			kind = typeOf(this.kernel, found[1]);
		}
		return [at, kind];
	}

	/** @param {string[]} path */
	offset(...path) {
		return this.field(...path)[0];
	}

	/** An array's elements: their type and number. */
	elements() {
		if (this.written[0] !== "a")
			throw new RangeError("no array");
		return { element: typeOf(this.kernel, this.written[1]), count: this.written[2] };
	}

	/**
	 * A value: numbers, lists, strings and objects.
	 * @param {Uint8Array} bytes
	 * @param {number} at
	 * @returns {any}
	 */
	decode(bytes, at = 0) {
		return this.value(view(bytes), at);
	}

	/**
	 * @param {DataView} data
	 * @param {number} at
	 * @returns {any}
	 */
	value(data, at) {
		const { written } = this;
		if (written[0] === "n") {
			const [, size, signed] = written;
			if (size === 8)
				return (signed ? data.getInt32(at + 4, true) : data.getUint32(at + 4, true)) * 2 ** 32 +
					data.getUint32(at, true);
			if (size === 4)
				return signed ? data.getInt32(at, true) : data.getUint32(at, true);
			if (size === 2)
				return signed ? data.getInt16(at, true) : data.getUint16(at, true);
			return signed ? data.getInt8(at) : data.getUint8(at);
		}
		if (written[0] === "a") {
			const { element, count } = this.elements();
			if (written[3]) {
				const text = latin1(new Uint8Array(data.buffer, data.byteOffset + at, count)), end = text.indexOf("\0");
				return end < 0 ? text : text.slice(0, end);
			}
			const list = [];
			for (let index = 0; index < count; index++)
				list.push(element.value(data, at + index * element.size));
			return list;
		}
		/** @type {Record<string, any>} */
		const found = {};
		for (const [name, offset, kind] of this.members())
			found[name] = kind.value(data, at + offset);
		return found;
	}

	/** @returns {[string, number, Type][]} */
	members() {
		if (!this.fields)
			/** @type {[string, number, Type][]} */
			this.fields = this.written[0] === "s" ? Object.entries(this.written[3])
				.map(([name, [offset, kind]]) => [name, offset, typeOf(this.kernel, kind)]) : [];
		return this.fields;
	}
}

/** One machine at one moment. */
export class Target {
	/** @param {Memory} machine */
	constructor(machine) {
		this.machine = machine;
		this.kernel = machine.parts.kernel;
		this.image = machine.elf;
		this.pageOffset = this.kernel.page_offset;
		/** @type {Map<string, Type>} */
		this.types = new Map();
		/** @type {Map<unknown, any>} */
		this.results = new Map();
	}

	/**
	 * What a reader finds: it is asked once at a moment.
	 * @template T
	 * @param {(target: Target) => T} reader
	 * @returns {T}
	 */
	once(reader) {
		if (!this.results.has(reader))
			this.results.set(reader, reader(this));
		return this.results.get(reader);
	}

	/**
	 * @param {number} address
	 * @param {number} size
	 */
	phys(address, size) {
		const found = this.machine.memory(address, size);
		if (!found)
			throw new Unreadable(`physical ${hexadecimal(address)}: ${size} bytes are not there`);
		return found;
	}

	/** @param {number} address a virtual one of low memory or of the image */
	toPhys(address) {
		return address >= this.pageOffset ? address - this.pageOffset : address;
	}

	/**
	 * @param {number} address
	 * @param {number} size
	 */
	read(address, size) {
		return this.phys(this.toPhys(address), size);
	}

	/** @param {number} address */
	word(address) {
		return view(this.read(address, 4)).getUint32(0, true);
	}

	/** @param {string} name */
	symbol(name) {
		const found = this.kernel.symbols[name];
		if (found === undefined)
			throw new Missing(`this image has no ${name}`);
		return found;
	}

	/**
	 * (address, type) of a variable; file: of a static one that shares its name.
	 * @param {string} name
	 * @param {string} [file]
	 * @returns {[number, Type]}
	 */
	find(name, file) {
		const places = this.kernel.variables[name] ?? [];
		const found = places.find(place => !file || place[0] === file);
		if (!found)
			throw new Missing(`this image has no ${name}`);
		return [found[1], typeOf(this.kernel, found[2])];
	}

	/** @param {string} name without `struct` */
	type(name) {
		let found = this.types.get(name);
		if (!found) {
			const number = this.kernel.structs[name];
			if (number === undefined)
				throw new Missing(`this image has no struct ${name}`);
			found = typeOf(this.kernel, number);
			this.types.set(name, found);
		}
		return found;
	}

	/** @param {string} name */
	enumeration(name) {
		const found = this.kernel.enums[name];
		if (!found)
			throw new Missing(`this image has no enum ${name}`);
		return found;
	}

	/**
	 * A struct's value at a virtual address.
	 * @param {string} name without `struct`
	 * @param {number} address
	 */
	at(name, address) {
		const kind = this.type(name);
		return kind.decode(this.read(address, kind.size));
	}

	/**
	 * A variable's value.
	 * @param {string} name
	 * @param {string} [file]
	 */
	value(name, file) {
		const [address, kind] = this.find(name, file);
		return kind.decode(this.read(address, kind.size));
	}

	/**
	 * A variable's value in the file, before the kernel ran.
	 * @param {string} name
	 * @param {string} [file]
	 */
	initial(name, file) {
		const [address, kind] = this.find(name, file);
		return kind.decode(this.image.read(address, kind.size));
	}

	/** @param {number} address of a C string */
	string(address, longest = 64) {
		if (!address)
			return "";
		const bytes = this.read(address, longest), end = bytes.indexOf(0);
		return latin1(end < 0 ? bytes : bytes.subarray(0, end)).replace(/[\x80-\xff]/g, "\ufffd");
	}

	/**
	 * The entries of a struct list_head: their addresses.
	 * @param {number} head
	 * @returns {Generator<number, void>}
	 */
	*walk(head) {
		const seen = new Set([head]);
		let previous = head, entry = this.word(head);
		while (entry !== head) {
			if (seen.has(entry) || entry < this.pageOffset)
				throw new Unreadable(`the list at ${hexadecimal(head)} is not whole: ${hexadecimal(previous)} is ` +
					`followed by ${hexadecimal(entry)}`);
			seen.add(entry);
			yield entry;
			const node = view(this.read(entry, 8)), back = node.getUint32(4, true);
			if (back !== previous)
				throw new Unreadable(`the list at ${hexadecimal(head)} is not whole: ${hexadecimal(entry)} follows ` +
					`${hexadecimal(previous)}, but says ${hexadecimal(back)}`);
			previous = entry;
			entry = node.getUint32(0, true);
		}
	}

	// --- how far the boot is ---

	/**
	 * Does memory hold what the file has?
	 * @param {number} start
	 * @param {number} size
	 */
	isAsLoaded(start, size) {
		const here = this.read(start, size), there = this.image.read(start, size);
		return here.every((byte, index) => byte === there[index]);
	}

	isLoaded() {
		return this.isAsLoaded(this.image.entry, 64);
	}

	requireC() {
		if (!this.isLoaded())
			throw new NotReady("startup_32");
		if (!this.word(this.symbol("_brk_end")))
			throw new NotReady("build_page_tables");
	}

	initIsGone() {
		const start = this.symbol("_sinittext");
		return !this.isAsLoaded(start, Math.min(256, this.symbol("_einittext") - start));
	}

	requireInit() {
		if (this.initIsGone())
			throw new Missing("given back to the page allocator (by free_initmem)");
	}

	/** The live one's name, as memdawn.bootalloc= has it. */
	bootAllocator() {
		this.requireC();
		const table = this.value("boot_allocators")[this.value("boot_alloc_live")];
		return this.string(this.at("boot_allocator", table).name);
	}

	/** The firmware's types of memory, as the log has them. */
	e820Types() {
		/** @type {Map<number, string>} */
		const names = new Map();
		for (const entry of this.initial("type_names", "src/arch/i386/firmware/e820/e820.c"))
			names.set(entry.type, this.image.string(entry.in_log).replace(/^[()]+|[()]+$/g, ""));
		return names;
	}

	/**
	 * The types of pageblocks, by their numbers.
	 * @returns {string[]}
	 */
	migrateTypes() {
		return this.initial("migratetype_names").map((/** @type {number} */ address) => this.image.string(address));
	}
}
