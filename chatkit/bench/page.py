"""The results for a notebook: the tables, and the picture if matplotlib is there."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO

from chatkit.bench.report import COLUMNS, notes, row
from chatkit.bench.results import Results
from chatkit.bench.scenarios import OURS, Scenario
from chatkit.check.promise import CannotRun


def html(results: Results) -> str:
    """Return the results as HTML; whatever stands in them, it is text."""
    tables = [_table(results, scenario) for scenario in results.scenarios]
    lines = "<br>".join(escape(note) for note in notes(results))
    return f"<div>{picture(results)}{''.join(tables)}<p>{lines}</p></div>"


def picture(results: Results) -> str:
    """Return the figure as an image; empty where there is no matplotlib."""
    try:
        figure = results.figure()
    except CannotRun:
        return ""
    buffer = BytesIO()
    figure.savefig(buffer, format="svg")
    data = b64encode(buffer.getvalue()).decode()
    return f'<img alt="the bars of the table below" src="data:image/svg+xml;base64,{data}">'


def _table(results: Results, scenario: Scenario) -> str:
    titles = [
        "",
        *(column.title for column in COLUMNS[scenario.play]),
        *OURS,
        "wrong",
        "server",
        "load",
        "others",
    ]
    there = [each for (name, _), each in results.summaries.items() if name == scenario.name]
    rows = [_row("th", titles), *(_row("td", row(results, scenario, each)) for each in there)]
    caption = escape(f"{scenario.name}: {scenario.sentence}")
    return f"<table><caption>{caption}</caption>{''.join(rows)}</table>"


def _row(tag: str, cells: list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
