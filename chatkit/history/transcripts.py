"""Lines as people and programs want them: text, JSON, CSV or a page of HTML, a piece at a time.

What programs read is in UTC, what people read in local time. No words that somebody typed can become a tag
of a page, a command of a terminal, or a formula of a spreadsheet.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from html import escape

from chatkit.cells import as_cell
from chatkit.history.line import Line

_HEAD = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>What was said</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
p { margin: .2rem 0; overflow-wrap: anywhere; white-space: pre-wrap } time { opacity: .7; font-size: .85em }
</style>
<h1>What was said</h1>
"""


def as_text(lines: Iterable[Line]) -> Iterator[str]:
    """Yield each line as `2026-11-22 13:01:05 [ada] hello`, in local time."""
    for line in lines:
        yield f"{line.at.astimezone():%Y-%m-%d %H:%M:%S} [{line.name}] {line.text}"


def as_json(lines: Iterable[Line]) -> Iterator[str]:
    """Yield each line as one JSON object, in UTC."""
    for line in lines:
        yield json.dumps({**line._asdict(), "at": _utc(line)}, ensure_ascii=False)


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    """Yield rows of CSV, in UTC; nothing in them is a formula."""
    yield "id,at,name,text"
    for line in lines:
        row = io.StringIO()
        csv.writer(row, lineterminator="").writerow((line.id, _utc(line), line.name, as_cell(line.text)))
        yield row.getvalue()


def as_html(lines: Iterable[Line]) -> Iterator[str]:
    """Yield a page that needs nothing but itself, in local time."""
    yield _HEAD
    for line in lines:
        when = f'<time datetime="{_utc(line)}">{line.at.astimezone():%Y-%m-%d %H:%M:%S}</time>'
        yield f"<p>{when} <b>{escape(line.name)}</b> <bdi>{escape(line.text)}</bdi></p>"
    yield "</html>"


def _utc(line: Line) -> str:
    return line.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{line.at.microsecond // 1000:03}Z"
