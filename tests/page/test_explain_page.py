# SPDX-License-Identifier: GPL-2.0-only
"""The explanations as the report and the page tell them: what scripts/explain says, of every line of the real
kernels' logs and of every word."""

import re

from memdawn.explain import book as books
from page_machine import ROOT, in_node

LOGS = sorted((ROOT / "tests" / "linux").rglob("*.log"))


def lines_of(path):
    """A log's lines; of a trace's only those whose words differ."""
    lines = path.read_text("utf-8", "replace").splitlines()
    return list({re.sub(r"\d+", "0", line): line for line in lines}.values()) if "alloctrace" in path.parts else lines


def as_said(said):
    """What is shown, as explain.js has it."""
    return {"title": said.title, "text": said.text, "code": said.code, "tries": said.tries, "see": said.see,
            "fields": [{"names": names.split(", "), "shown": shown, "text": text} for names, shown, text in said.fields]}


def test_same_words():
    """Lines and words."""
    logs = [lines_of(path) for path in LOGS] + [["no line of the kernel's"]]
    book = books.Book(logs[0])
    words = sorted({name for entry in book.entries for name in entry.names} |
                   {name for entry in book.entries for names, _ in entry.fields for name in names})
    found = in_node("explain.mjs", asked={"texts": books.as_data(), "logs": logs, "words": words})
    for log, told in zip(logs, found["lines"]):
        one = books.Book(log)
        for line, answer in zip(log, told, strict=True):
            want = one.explain_line(line)
            assert (answer and answer["name"]) == (want and want.entry.name), line
            if want:
                assert answer["said"] == as_said(one.show(want.entry, want, line)), line
                assert answer["starts"] == [[captured.start, captured.text] for captured in want.captured], line
    assert len(words) > 300
    for word, told in zip(words, found["words"], strict=True):
        assert told == [as_said(book.show(entry, title=", ".join(entry.names))) if field is None else book.said(field)
                        for entry, field in book.by_word(word)], word
    assert found["lines"][-1] == [None]
