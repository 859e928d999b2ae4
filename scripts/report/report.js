// SPDX-License-Identifier: GPL-2.0-only
// The report: the page with the documents that it has in it.

import { Page, box } from "./app.js";

new Page(JSON.parse(box("data").textContent ?? "[]")).start();
