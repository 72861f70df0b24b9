"""Who said how much, and when: counted from lines, however they were chosen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatkit.history.line import Line


@dataclass(slots=True)
class Share:
    """How much one person said, in lines and characters, and when first and last."""

    name: str
    first: datetime
    last: datetime
    lines: int = 0
    characters: int = 0


def shares(lines: Iterable[Line]) -> list[Share]:
    """Count for each person, whatever capitals the name is in; who said most comes first."""
    found: dict[str, Share] = {}
    for line in lines:
        share = found.setdefault(line.name.lower(), Share(line.name, line.at, line.at))
        share.lines += 1
        share.characters += len(line.text)
        share.first, share.last = min(share.first, line.at), max(share.last, line.at)
    return sorted(found.values(), key=lambda share: (-share.lines, share.name))


def as_table(lines: Iterable[Line]) -> Iterable[str]:
    """Yield the shares as a table for a terminal, in local time, with the sum at its end."""
    found = shares(lines)
    yield f"{'name':<24}  {'lines':>9}  {'characters':>11}  {'first':<16}  last"
    for share in found:
        first, last = (f"{time.astimezone():%Y-%m-%d %H:%M}" for time in (share.first, share.last))
        yield f"{share.name:<24}  {share.lines:>9,}  {share.characters:>11,}  {first}  {last}"
    characters = sum(share.characters for share in found)
    yield f"{'all together':<24}  {sum(share.lines for share in found):>9,}  {characters:>11,}"


def spread(lines: Iterable[Line], first: datetime, last: datetime, bins: int) -> Counter[tuple[int, str]]:
    """Count lines by the part of the time between `first` and `last` that they fall into, and by name."""
    length = max((last - first).total_seconds(), 1.0)
    return Counter(
        (min(int((line.at - first).total_seconds() / length * bins), bins - 1), line.name.lower())
        for line in lines
    )
