// SPDX-License-Identifier: GPL-2.0-only
// The explanations of docs/explain: found by a line or a word, told with the numbers of a log. The texts,
// the patterns and the expressions are read as scripts/memdawn/explain reads them; a test compares.

/**
 * @typedef {object} Entry an explanation, as scripts/memdawn/explain/entries.py has it
 * @property {string} kind
 * @property {string[]} names
 * @property {string} text
 * @property {string[]} patterns
 * @property {[string[], string][]} fields
 * @property {string[]} code
 * @property {string[]} tries
 * @property {string[]} see
 */
/** @typedef {{entries: Entry[], constants: Record<string, number>}} Texts */
/** @typedef {{name: string, text: string, start: number, value: bigint | null}} Captured */
/** @typedef {{entry: Entry, captured: Captured[]}} Found */
/** @typedef {{title: string, text: string, fields: {names: string[], shown: string, text: string}[], code: string[], tries: string[], see: string[]}} Said */
/** @typedef {{regex: RegExp, kinds: [string, string][]}} Pattern each text of the line is a group, its holes are the even ones */

const HOLE = /<(\w+)(?::([xwt]))?>/g;
/** @type {Record<string, string>} */
const FORMS = { "": "-?[0-9]+", x: "(?:0x)?[0-9a-fA-F]+", w: "[^ \\t]+?", t: ".*?" };
const NUMBER = /\{(\?)?([^{}:]+)(:x)?\}/g;
const TOKEN = /\s*(0x[0-9a-f]+|\d+|[A-Za-z_]\w*(?:\.\w+(?:\|\w+\.\w+)*)?|<<|>>|<=|>=|==|!=|[-+*/%<>(),])/y;
const LEVELS = [["==", "!=", "<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];
const WIDTH = 64n, LARGEST_DIVISOR = 1n << 32n;

/** A value isn't known here. */
class Unknown extends Error {}

/**
 * Text that stands for itself, but for its blanks.
 * @param {string} text
 */
function literal(text) {
	return text.split(" ").map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("[ \\t]+");
}

/**
 * @param {string} text
 * @returns {Pattern}
 */
function pattern(text) {
	/** @type {[string, string][]} */
	const kinds = [];
	let form = "", at = 0;
	for (const match of text.matchAll(HOLE)) {
		const [whole = "", name = "", kind = ""] = match, start = match.index ?? 0;
		form += `${literal(text.slice(at, start))})(${FORMS[kind] ?? ""})(`;
		at = start + whole.length;
		kinds.push([name, kind]);
	}
	return { regex: new RegExp(`^([ \\t]*${form}${literal(text.slice(at))}[ \\t]*)$`), kinds };
}

/**
 * A hole's value, if it is a number.
 * @param {string} kind
 * @param {string} text
 */
function value(kind, text) {
	if (kind === "w" || kind === "t")
		return null;
	return BigInt(kind === "x" && !text.startsWith("0x") ? `0x${text}` : text);
}

/** @param {bigint} n */
function pow2(n) {
	return n > 0n ? 1n << BigInt(n.toString(2).length - 1) : 0n;
}

/**
 * Two numbers' result.
 * @param {string} operator
 * @param {bigint} left
 * @param {bigint} right
 */
function apply(operator, left, right) {
	if ((operator === "<<" || operator === ">>") && (right < 0n || right >= WIDTH))
		throw new Unknown();
	if ((operator === "/" || operator === "%") && (right === 0n || right >= LARGEST_DIVISOR || -right >= LARGEST_DIVISOR))
		throw new Unknown();
	switch (operator) {
	case "+": return left + right;
	case "-": return left - right;
	case "*": return left * right;
	case "/": return left / right;
	case "%": return left % right;
	case "<<": return left << right;
	case ">>": return left >> right;
	case "<": return BigInt(left < right);
	case ">": return BigInt(left > right);
	case "<=": return BigInt(left <= right);
	case ">=": return BigInt(left >= right);
	case "==": return BigInt(left === right);
	default: return BigInt(left !== right);
	}
}

/**
 * An expression's words.
 * @param {string} text
 */
function tokens(text) {
	/** @type {string[]} */
	const found = [];
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text))
		found.push(match[1] ?? "");
	return found;
}

/**
 * An expression's value. Throws Unknown.
 * @param {string} text
 * @param {(name: string) => bigint | null} valueOf
 */
function evaluate(text, valueOf) {
	const rest = tokens(text);
	/** @type {(level: number) => bigint} */
	const level = number => {
		const operators = LEVELS[number];
		if (!operators)
			return operand();
		let result = level(number + 1);
		while (operators.includes(rest[0] ?? ""))
			result = apply(rest.shift() ?? "", result, level(number + 1));
		return result;
	};
	const list = () => {
		const found = [level(0)];
		while (rest.shift() === ",")
			found.push(level(0));
		return found;
	};
	const operand = () => {
		const token = rest.shift() ?? "";
		if (token === "(")
			return list()[0] ?? 0n;
		if (/^\d/.test(token))
			return BigInt(token);
		if (rest[0] === "(") {
			rest.shift();
			const all = list(), [first = 0n] = all;
			return token === "pow2" ? pow2(first) :
				all.reduce((best, n) => (token === "min") === (n < best) ? n : best, first);
		}
		for (const name of token.split("|")) {
			const known = valueOf(name);
			if (known !== null)
				return known;
		}
		throw new Unknown();
	};
	return level(0);
}

/**
 * Does a field's name, which may end in *, stand for this word?
 * @param {string} name
 * @param {string} wanted in small letters
 */
function isCalled(name, wanted) {
	const small = name.toLowerCase();
	return small.endsWith("*") ? wanted.startsWith(small.slice(0, -1)) : wanted === small;
}

/** The explanations beside the log that their numbers come from. */
export class Book {
	/**
	 * @param {Texts} texts
	 * @param {string[]} log
	 */
	constructor(texts, log) {
		this.entries = texts.entries;
		this.constants = texts.constants;
		this.log = log;
		/** @type {Map<Entry, Pattern[]>} */
		this.patterns = new Map(texts.entries.map(entry => [entry, entry.patterns.map(pattern)]));
		/** @type {Map<string, Found | null>} */
		this.firsts = new Map();
	}

	/**
	 * The explanation of a log's line; null: there is none.
	 * @param {string} line
	 * @returns {Found | null}
	 */
	explainLine(line) {
		for (const entry of this.entries) {
			const found = this.matched(entry, line);
			if (found)
				return found;
		}
		return null;
	}

	/**
	 * An entry with what it finds in a line.
	 * @param {Entry} entry
	 * @param {string} line
	 * @returns {Found | null}
	 */
	matched(entry, line) {
		for (const { regex, kinds } of this.patterns.get(entry) ?? []) {
			const match = regex.exec(line);
			if (!match)
				continue;
			// What stands for itself and what the holes stand for, in turn.
			let start = 0;
			return { entry, captured: kinds.map(([name, kind], i) => {
				const before = match[2 * i + 1] ?? "", text = match[2 * i + 2] ?? "";
				start += before.length + text.length;
				return { name, text, start: start - text.length, value: value(kind, text) };
			}) };
		}
		return null;
	}

	/**
	 * The entries of a name, then the commands' fields of that name.
	 * @param {string} word
	 * @returns {{entry: Entry, field: string | null}[]}
	 */
	byWord(word) {
		const wanted = word.toLowerCase();
		/** @type {{entry: Entry, field: string | null}[]} */
		const named = this.entries.filter(entry => entry.names.some(name => name.toLowerCase() === wanted))
			.map(entry => ({ entry, field: null }));
		return [...named, ...this.entries.filter(entry => entry.kind === "commands").flatMap(entry =>
			entry.fields.filter(([names]) => names.some(name => isCalled(name, wanted)))
				.map(([, field]) => ({ entry, field })))];
	}

	/**
	 * The first line of the log that the entry of this name explains.
	 * @param {string} name
	 */
	first(name) {
		let found = this.firsts.get(name);
		if (found === undefined) {
			const entry = this.entries.find(one => one.names[0] === name);
			found = null;
			for (let at = 0; entry && !found && at < this.log.length; at++)
				found = this.matched(entry, this.log[at] ?? "");
			this.firsts.set(name, found);
		}
		return found;
	}

	/**
	 * What a name in an expression stands for.
	 * @param {string} name
	 * @param {Found | null} here
	 */
	value(name, here) {
		const constant = this.constants[name], [line = "", number] = name.split(".");
		if (constant !== undefined)
			return BigInt(constant);
		const found = number === undefined ? here : this.first(line);
		return found?.captured.find(one => one.name === (number ?? line))?.value ?? null;
	}

	/**
	 * A sentence with its numbers; nothing where one isn't known, or its condition doesn't hold.
	 * @param {string} text
	 * @param {Found | null} here
	 */
	sentence(text, here) {
		/** @type {(whole: string, mark: string | undefined, expression: string, form: string | undefined) => string} */
		const shown = (_, mark, expression, form) => {
			const captured = mark ? undefined : here?.captured.find(one => one.name === expression);
			if (captured && captured.value === null)
				return captured.text;
			const number = evaluate(expression, name => this.value(name, here));
			if (mark && !number)
				throw new Unknown();
			return mark ? "" : form ? `0x${number.toString(16)}` : String(number);
		};
		try {
			return text.replace(NUMBER, shown).trim();
		} catch (error) {
			if (error instanceof Unknown)
				return "";
			throw error;
		}
	}

	/**
	 * A text's sentences that can be said here.
	 * @param {string} text
	 * @param {Found | null} [here]
	 */
	said(text, here = null) {
		return text.split(/(?<=\.) /).map(one => this.sentence(one, here)).filter(one => one).join(" ");
	}

	/**
	 * An entry with its numbers.
	 * @param {Entry} entry
	 * @param {Found | null} [here]
	 * @param {string} [title]
	 * @returns {Said}
	 */
	show(entry, here = null, title = entry.names.join(", ")) {
		const captured = new Map((here?.captured ?? []).map(one => [one.name, one.text]));
		const fields = entry.fields.filter(([names]) => !here || names.some(name => captured.has(name)))
			.map(([names, text]) => ({ names, text: this.said(text, here),
				shown: names.flatMap(name => captured.get(name) ?? []).join(" ") }));
		return { title, text: this.said(entry.text, here), fields: fields.filter(one => one.text), code: entry.code,
			tries: entry.tries.map(text => this.said(text, here)).filter(text => text), see: entry.see };
	}
}
