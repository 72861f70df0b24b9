"""`python -m chatkit.bench.load`: read a task as JSON, play it, and write what came of it as JSON."""

import json
import sys

from chatkit.bench.load import all_to_all
from chatkit.bench.load.book import Book
from chatkit.bench.load.crowd import Crowd
from chatkit.bench.load.dialects import DIALECTS

PLAYS = {"all-to-all": all_to_all.play}


def main() -> None:
    """Play the task on standard input."""
    task = json.load(sys.stdin)
    book = Book(DIALECTS[task["dialect"]], task["lines"], task["size"])
    crowd = Crowd(("127.0.0.1", task["port"]), book)
    result = PLAYS[task["play"]](crowd, task["pid"], **task["options"])
    json.dump(result, sys.stdout)


main()
