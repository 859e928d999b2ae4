// SPDX-License-Identifier: GPL-2.0-only
// The kernel's serial port: xterm.js.

const FONT = 12, ROWS = 18, FEWEST = 100;

export class SerialTerminal {
	/**
	 * @param {any} Terminal xterm.js
	 * @param {HTMLElement} host
	 * @param {(text: string) => void} type what is typed
	 */
	constructor(Terminal, host, type) {
		this.host = host;
		this.terminal = new Terminal({ rows: ROWS, cols: 100, fontSize: FONT, convertEol: true, screenReaderMode: true,
			fontFamily: "ui-monospace, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace",
			cursorBlink: false, scrollback: 5000,
			theme: { background: "#11161c", foreground: "#e6ebf0", cursor: "#7fbcff" } });
		this.terminal.open(host);
		this.terminal.onData(type);
		// Tab completes at the prompt; with Shift it leaves, for those who have no mouse.
		this.terminal.attachCustomKeyEventHandler((/** @type {KeyboardEvent} */ event) =>
			!(event.key === "Tab" && event.shiftKey));
		new ResizeObserver(() => this.fit()).observe(host);
	}

	/** As many columns as there is room for. */
	fit() {
		const pen = document.createElement("canvas").getContext("2d");
		if (!pen || !this.host.clientWidth)
			return;
		pen.font = `${FONT}px ${this.terminal.options.fontFamily}`;
		const columns = Math.floor((this.host.clientWidth - 24) / pen.measureText("M").width);
		this.terminal.resize(Math.max(FEWEST, columns), ROWS);
	}

	/** @param {string} text */
	write(text) {
		this.terminal.write(text);
	}

	clear() {
		this.terminal.reset();
	}

	focus() {
		this.terminal.focus();
	}
}
