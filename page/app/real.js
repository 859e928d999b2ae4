// SPDX-License-Identifier: GPL-2.0-only
// A log beside the real kernel's on the same machine, as scripts/logdiff compares them: its span and its masks.

import { html } from "../../scripts/report/dom.js";
import { lineDifference } from "../../scripts/report/model.js";

/**
 * How logs are compared. first, last: the lines that a span begins and ends with; ours: what lines of ours begin with;
 * masks: patterns, and what stands for what they find.
 * @typedef {{first: string, last: string, ours: string, masks: [string, string][]}} Comparison
 */

/** Lines about what this machine's processor does not have. */
const OTHER_CPU = /^( *[0-9A-F]{5}-[0-9A-F]{5} |MTRR|  \d (base|disabled)|x86 PAT|NX \(|Notice: NX|Using x86 segment limits)/;

/**
 * @param {string[]} lines
 * @param {Comparison} how
 */
function span(lines, { first, last, ours, masks }) {
	const from = lines.indexOf(first), to = lines.indexOf(last);
	const patterns = masks.map(([pattern, put]) => /** @type {[RegExp, string]} */ ([new RegExp(pattern), put]));
	return to < 0 ? null : lines.slice(Math.max(0, from), to + 1).filter(line => !line.startsWith(ours))
		.map(line => patterns.reduce((masked, [pattern, put]) => masked.replace(pattern, put), line.trimEnd()));
}

/**
 * @param {string[]} log ours
 * @param {string[]} real
 * @param {Comparison} how
 * @returns {HTMLElement[]}
 */
export function realPanel(log, real, how) {
	const ours = span(log, how), theirs = span(real, how);
	if (!ours || !theirs)
		return [html("p", { class: "quiet" }, "The comparison comes when the boot has reached the stage buddy.")];
	const lines = lineDifference(theirs, ours), differ = lines.filter(([mark]) => mark !== " ");
	const cpu = differ.filter(([, text]) => OTHER_CPU.test(text)).length;
	const verdict = !differ.length ? `Equal: all ${theirs.length} lines of the memory boot.` :
		`${differ.length} lines differ of ${theirs.length}` + (cpu === differ.length ?
			": all of them are about what this page's processor lacks (NX, MTRRs)." : cpu ?
				`; ${cpu} of them are about what this page's processor lacks (NX, MTRRs).` : ".");
	return [html("p", {}, html("strong", {}, verdict), " What follows from the kernel image's size or from the loader is masked, ",
		"as an X."), ...differ.map(([mark, text]) => html(mark === "-" ? "del" : "ins", {},
		`${mark === "-" ? "real kernel" : "this kernel"}: ${text}`)),
	html("details", {}, html("summary", {}, "Both logs as one"), ...lines.map(([mark, text]) =>
		mark === " " ? html("div", { class: "same mono" }, text || " ") :
			html(mark === "-" ? "del" : "ins", {}, `${mark} ${text}`)))];
}
