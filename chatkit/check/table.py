"""A report as a table for a notebook: words and signs carry the verdicts, so it reads in light, dark and
print.

All text is escaped in one place, for it comes from a stranger's server.
"""

from __future__ import annotations

from html import escape

from chatkit.check.outcome import Outcome, Report
from chatkit.check.promise import Verdict
from chatkit.check.report import failure_lines

SIGNS = {
    Verdict.KEPT: "✓",
    Verdict.BROKEN: "✗",
    Verdict.NOTED: "!",
    Verdict.NOT_JUDGED: "-",
    Verdict.NOT_MEASURED: "-",
}
LEFT = ' style="text-align: left"'


def as_html(report: Report) -> str:
    """Return a report as one HTML table; a failure's story opens on a click."""
    rows = "".join(_row(outcome) for outcome in report.outcomes)
    return (
        f"<table><caption{LEFT}>{escape(report.server)}: {escape(report.summary())}</caption>"
        f"<thead><tr><th{LEFT}>verdict</th><th{LEFT}>level</th><th{LEFT}>promise</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(outcome: Outcome) -> str:
    more = "".join(f"<br>note: {escape(note)}" for note in outcome.notes)
    more += f"<br>{escape(outcome.why)}" if outcome.why else ""
    if outcome.failure:
        story = escape("\n".join(failure_lines(outcome)))
        more += f"<details><summary>what happened</summary><pre>{story}</pre></details>"
    sentence = f"{escape(outcome.promise.sentence)} <small><code>{escape(outcome.name)}</code></small>"
    if outcome.verdict is Verdict.BROKEN:
        sentence = f"<strong>{sentence}</strong>"
    cells = [f"{SIGNS[outcome.verdict]} {outcome.verdict}", str(outcome.promise.level)]
    return "<tr>" + "".join(f"<td{LEFT}>{cell}</td>" for cell in [*cells, sentence + more]) + "</tr>"
