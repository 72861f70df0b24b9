"""Write LineReader: its method feed takes a chunk of bytes and returns the lines which that completes."""

import random
from typing import Any

from chatkit.exercises.exam import Exam

LESSON = 2
PROVES = "However TCP cuts the stream, your reader hands out the same lines, and no stranger can fill it up."
TEXT = (
    b"hello\n\n\nis anybody here?\r\n  two spaces  \r\nna\xc3\xafve caf\xc3\xa9\na\rb\n" * 3 + b"and a tail"
)
LINES = [line.removesuffix(b"\r") for line in TEXT.split(b"\n")[:-1]]


def check(exam: Exam) -> None:
    """Examine LineReader: one cut at a time, then 200 at random."""
    reader = exam.wants_class("LineReader", object, "feed")

    exam.step("one whole line comes in")
    _is_a_list(exam, reader().feed(b"ada\n"))

    exam.step("half a line comes in, then the other half")
    one = reader()
    _gives(exam, one, b"hel", [], "Half a line was handed out, though its end had not come yet.")
    _gives(exam, one, b"lo\n", [b"hello"], "The first half of the line was forgotten.")

    exam.step("three lines come in one chunk")
    _gives(exam, reader(), b"1\n2\n3\n", [b"1", b"2", b"3"], "Three lines came in, and not all came out.")

    exam.step("two empty lines come in")
    _gives(
        exam, reader(), b"\n\n", [b"", b""], "An empty line is a line too: what to do with it is not yours."
    )

    exam.step("a line with spaces around it comes in")
    _gives(exam, reader(), b"  hi  \n", [b"  hi  "], "Only the end of a line goes; its spaces are its own.")

    exam.step(r"a line that ends in \r\n comes in, then one that is cut between the two")
    _gives(exam, reader(), b"hi\r\n", [b"hi"], r"The end of a line may be \r\n, as telnet sends it.")
    two = reader()
    _gives(exam, two, b"hi\r", [], r"A \r alone is no end of a line.")
    _gives(exam, two, b"\n", [b"hi"], r"The \r and the \n came in two chunks, and the \r stayed on the line.")
    _gives(exam, reader(), b"a\rb\n", [b"a\rb"], r"A \r in the middle of a line is no end of it.")

    exam.step("two readers read two streams")
    ada, grace = reader(), reader()
    ada.feed(b"from ada ")
    _gives(
        exam, grace, b"from grace\n", [b"from grace"], "Two readers share one memory: make it in __init__."
    )

    exam.step("one text, cut at random in 200 ways")
    for number in range(200):
        _survives(exam, reader(), random.Random(number))

    exam.step("a line of 4,000 bytes comes in, then one that never ends")
    _gives(exam, reader(), b"x" * 4_000 + b"\n", [b"x" * 4_000], "A line of 4,000 bytes is still allowed.")
    long = "A line without an end is collected for ever: past LIMIT bytes, feed must raise ValueError."
    exam.demand(_refuses(reader(), [b"x" * 1_000] * 20), long, "ValueError", "20,000 bytes, taken in")
    exam.demand(_refuses(reader(), [b"x" * 50_000 + b"\n"]), "A line of 50,000 bytes must raise ValueError.")


def _gives(exam: Exam, reader: Any, chunk: bytes, lines: list[bytes], sentence: str) -> None:
    got = reader.feed(chunk)
    exam.demand(list(got) == lines, sentence, f"feed({chunk!r:.60}) gives {lines!r:.60}", f"{got!r:.80}")


def _is_a_list(exam: Exam, got: Any) -> None:
    exam.demand(got is not None, "feed returned nothing: is the return missing?", "[b'ada']", "None")
    kind = type(got).__name__
    exam.demand(isinstance(got, list | tuple), f"feed must return a list of lines, not a {kind}.", "[b'ada']")
    text = any(isinstance(line, str) for line in got)
    exam.demand(not text, "Lines must stay bytes: a letter may be cut in two, so decode later.", "[b'ada']")
    exam.demand(
        list(got) == [b"ada"], "One whole line came in, and it did not come out.", "[b'ada']", f"{got!r}"
    )


def _survives(exam: Exam, reader: Any, dice: random.Random) -> None:
    cuts = sorted(dice.sample(range(len(TEXT)), dice.randrange(1, 60)))
    chunks = [TEXT[start:end] for start, end in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]
    got = [line for chunk in chunks for line in reader.feed(chunk)]
    wrong = next((i for i, line in enumerate(LINES) if got[i : i + 1] != [line]), len(LINES))
    exam.demand(
        got == LINES,
        "Cut in another way, the same text gave other lines.",
        f"line {wrong + 1}: {LINES[wrong]!r}" if wrong < len(LINES) else f"{len(LINES)} lines",
        f"line {wrong + 1}: {got[wrong]!r}" if wrong < len(got) else f"{len(got)} lines",
    )


def _refuses(reader: Any, chunks: list[bytes]) -> bool:
    try:
        for chunk in chunks:
            reader.feed(chunk)
    except ValueError:
        return True
    return False
