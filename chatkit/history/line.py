"""One line of a history, as all who read it get it."""

from datetime import datetime
from typing import NamedTuple


class Line(NamedTuple):
    """What somebody said; `at` is in UTC. A list of these is what `pandas.DataFrame` takes."""

    id: int
    at: datetime
    name: str
    text: str
