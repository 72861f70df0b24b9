"""The board as a piece of a page: one table, whose columns keep their width while the numbers change.

All text that comes from outside is escaped in `_tag`, the one place that makes marks. A trouble shows by a
bar, a sign and words, so that its colour may fail. The style is `board.css`; what is saved has its own.
"""

from collections.abc import Iterable
from html import escape

from chatkit.lab.board_row import TROUBLES, Part, Row, Verdict
from chatkit.lab.board_text import HEAD, cells, rate, size

COLUMNS = (  # class, head, what it says when pointed at
    ("who", "who", "the person, or the address, at the other end"),
    ("verdict", "verdict", "how it does"),
    ("state", "TCP", "the state of the server's socket"),
    ("thread", "its thread is in", "the call that its thread waits in, and the server's own line"),
    ("rate", "recv/s", "calls of recv per second; M: millions"),
    ("number", "unread", "bytes that have arrived and that the server has not read"),
    ("number", "unsent", "bytes that the server has sent and that the other end has not taken"),
    ("number", "outbox", "bytes in the server's own queue"),
)
SIGNS = {Verdict.SPINS: "⟳", Verdict.WAITS: "·", Verdict.WORKS: "›", Verdict.QUIET: "·"}
STYLE = """<style>
.ck-look.ck-look.ck-look { border-collapse: collapse; margin: 0; }
.ck-look.ck-look.ck-look :is(th, td) { padding: 2px 14px 2px 0; text-align: left; white-space: nowrap; }
</style>"""  # thrice, because JupyterLab has its own mind about tables


class Markup(str):
    """Text that is marked up and escaped already."""


def as_html(rows: Iterable[Row], missing: Iterable[str]) -> str:
    """Return the table, and under it the sentences."""
    caption = _tag("caption", "", "The server's sockets and threads")
    head = _tag("tr", "", *(_tag("th", f"ck-{kind}", name, title=about) for kind, name, about in COLUMNS))
    columns = _tag("colgroup", "", *(Markup(f'<col class="ck-{kind}">') for kind, *_ in COLUMNS))
    body = _tag("tbody", "", *map(_row, rows))
    table = _tag("table", "", caption, columns, _tag("thead", "", head), body)
    return _tag("div", "ck-board", table, *(_tag("p", "ck-missing", each) for each in missing))


def as_table(rows: Iterable[Row], missing: Iterable[str]) -> str:
    """Return what a notebook saves as a table, which never breaks within a word; under it the sentences."""
    lines = (_tag("tr", "", *(_tag("td", "", each) for each in cells(row))) for row in rows)
    head = _tag("tr", "", *(_tag("th", "", each) for each in HEAD))
    return STYLE + _tag("table", "ck-look", head, *lines) + "".join(_tag("p", "", each) for each in missing)


def _row(row: Row) -> Markup:
    thread = (_tag("b", "", row.call), " ", _tag("span", "", row.where))
    look = "spins" if row.verdict is Verdict.SPINS else "trouble" if row.verdict in TROUBLES else "well"
    sign = _tag("span", "ck-sign", SIGNS.get(row.verdict, "▲"), aria_hidden="true")
    return _tag(
        "tr",
        f"ck-of-{row.part} ck-{look}",
        _tag("th", "ck-who", row.who, title=row.who),
        _tag("td", "ck-verdict", _tag("span", "ck-mark", sign, row.words), title=row.words),
        _tag("td", "ck-state", row.socket),
        _tag("td", "ck-thread", *thread, title=row.thread),
        _number(_speed(row), bool(row.recv_rate), "ck-rate"),
        *(_number(size(each), bool(each)) for each in (row.unread, row.unsent, row.outbox)),
    )


def _speed(row: Row) -> str:
    if row.recv_rate is not None:
        return rate(row.recv_rate) if row.part is not Part.THREAD or row.recv_rate else ""
    return f"{min(row.core, 1):.0%} CPU" if row.core is not None else ""


def _number(text: str, matters: bool, kind: str = "ck-number") -> Markup:
    return _tag("td", kind if matters else f"{kind} ck-nothing", text)


def _tag(name: str, kind: str, *inner: str, **attributes: str) -> Markup:
    given = {"class": kind, **{key.replace("_", "-"): value for key, value in attributes.items()}}
    marks = "".join(f' {key}="{escape(value)}"' for key, value in given.items() if value)
    text = "".join(each if isinstance(each, Markup) else escape(each) for each in inner)
    return Markup(f"<{name}{marks}>{text}</{name}>")
