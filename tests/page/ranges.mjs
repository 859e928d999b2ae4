// SPDX-License-Identifier: GPL-2.0-only
// The ranges of states: a JSON list of states on standard input, a list of {physical, virtual} on standard output.

import { readFileSync } from "node:fs";

import { markSince, physicalEnd, physicalRanges, virtualRanges } from "../../page/state/ranges.js";

const states = JSON.parse(readFileSync(0, "utf8")), top = physicalEnd(states);
const moments = states.map(state => ({ state, physical: physicalRanges(state, top), virtual: virtualRanges(state) }));
moments.forEach((_, index) => markSince(moments, top, index));
process.stdout.write(JSON.stringify(moments.map(({ physical, virtual }) => ({ physical, virtual }))));
