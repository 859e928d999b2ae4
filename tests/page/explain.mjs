// SPDX-License-Identifier: GPL-2.0-only
// What the page says of lines and words: {texts, logs: lists of lines, words} on standard input; on standard output for
// each log what is said of each line (null: nothing), and for each word its entries and fields, with the first log's numbers.

import { readFileSync } from "node:fs";

import { Book } from "../../scripts/report/explain.js";

const { texts, logs, words } = JSON.parse(readFileSync(0, "utf8"));
const lines = logs.map(log => {
	const book = new Book(texts, log);
	return log.map(line => {
		const found = book.explainLine(line);
		return found && { name: found.entry.names[0], said: book.show(found.entry, found, line),
			starts: found.captured.map(one => [one.start, one.text]) };
	});
});
const book = new Book(texts, logs[0]);
process.stdout.write(JSON.stringify({ lines, words: words.map(word => book.byWord(word).map(({ entry, field }) =>
	field === null ? book.show(entry) : book.said(field))) }));
