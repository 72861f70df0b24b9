"""How long lines are kept: what is older than an age, or before the last so many, is removed."""

import time
from dataclasses import dataclass
from datetime import timedelta

from chatkit.history.store import Store


@dataclass(frozen=True, slots=True)
class Retention:
    """Keep lines for `age`, and at most `lines` of them; None keeps them all."""

    age: timedelta | None = None
    lines: int | None = None

    def hold(self, store: Store, *, search: bool = False) -> int:
        """Remove what is no more to be kept; return how many lines went.

        Only the oldest end of the file is looked at, which takes no time. With `search`, old lines are found
        wherever a clock that was set back has put them.
        """
        gone = 0
        if self.age is not None:
            before = int((time.time() - self.age.total_seconds()) * 1000)
            gone += store.drop_all_before(before) if search else store.drop_before(before)
        if self.lines is not None:
            gone += store.keep_newest(self.lines)
        return gone
