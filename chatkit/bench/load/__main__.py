"""`python -m chatkit.bench.load`: read a task as JSON, play it, and write what came of it as JSON."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Mapping

from chatkit.bench import machine
from chatkit.bench.load import joining, stalling, talking, timing
from chatkit.bench.load.book import Book
from chatkit.bench.load.crowd import Crowd, Stuck
from chatkit.bench.load.dialects import DIALECTS
from chatkit.bench.load.telling import Told

PLAYS: Mapping[str, Callable[..., Told]] = {
    "all to all": talking.all_to_all,
    "one to many": talking.one_to_many,
    "latency": timing.latency,
    "resets": timing.resets,
    "stalled": stalling.stalled,
    "joins": joining.joins,
    "idle": joining.idle,
}


def main() -> None:
    """Play the task on standard input."""
    gc.disable()  # what the load keeps has no cycles, and its pauses would be taken for the server's
    task = json.load(sys.stdin)
    machine.allow_descriptors()
    book = Book(DIALECTS[task["dialect"]], task["lines"], task["size"])
    crowd = Crowd(("127.0.0.1", task["port"]), book, task["at_once"])
    try:
        told = PLAYS[task["play"]](crowd, task["pid"], **task["options"])
    except Stuck as error:
        told = Told({}, trouble=str(error))
    json.dump(told.as_dict(), sys.stdout)


main()
