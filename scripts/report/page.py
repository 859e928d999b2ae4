# SPDX-License-Identifier: GPL-2.0-only
"""From documents (collect.py) to one HTML page that needs nothing else."""

import json
import pathlib
from collections.abc import Sequence

import jinja2
import markupsafe

from memdawn import modules
from memdawn.explain import book
from report import ranges
from report.document import Document

HERE = pathlib.Path(__file__).resolve().parent
# The module that imports all others.
SCRIPT = "report.js"
# Of a stage's state the page shows these; the ranges hold the rest.
SHOWN = ("balance", "freelist", "zones", "layout", "buddyinfo")


def reduced(document: Document) -> dict[str, object]:
    """What the page needs of a document."""
    stages = []
    for stage in document["stages"]:
        one: dict[str, object] = dict(stage)
        one["state"] = {name: stage["state"][name] for name in SHOWN if name in stage["state"]}
        stages.append(one)
    used = {known["event"] for stage in document["stages"]
            for stage_ranges in (stage["physical"], stage["virtual"]) for known in stage_ranges}
    events = [event if index in used else None for index, event in enumerate(document["events"])]
    return {**document, "stages": stages, "events": events, "glue": sorted(ranges.GLUE)}


def embedded(value: object) -> markupsafe.Markup:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
    return markupsafe.Markup(text.replace("<", "\\u003c"))


def render(documents: Sequence[Document]) -> str:
    """The page as text."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                                     undefined=jinja2.StrictUndefined)
    return environment.get_template("page.html.j2").render(
        title=" · ".join(document["title"] for document in documents),
        documents=documents, css=markupsafe.Markup((HERE / "page.css").read_text(encoding="utf-8")),
        data=embedded([reduced(document) for document in documents]), explanations=embedded(book.as_data()),
        script=markupsafe.Markup(modules.bundle(HERE / SCRIPT)))
