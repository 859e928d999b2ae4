// SPDX-License-Identifier: GPL-2.0-only
// What the page reads in texts: a JSON list of texts on standard input, a list of {entries, refused} on standard output.

import { readFileSync } from "node:fs";

import { mapText, parseMap } from "../../page/app/maps.js";

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(text => {
	const found = parseMap(text);
	return { ...found, again: parseMap(mapText(found.entries)).entries };
})));
