"""Times: on the disk milliseconds since 1970, UTC; typed and shown in local time."""

import re
from datetime import UTC, date, datetime, timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile("([0-9]{1,6})([mhdw])")


END = 253_370_764_800_000  # the year 9999: local time, a few hours later, can still be told


def as_moment(at: object) -> datetime:
    """Return a time on the disk; what is none, because another program wrote it, counts as that of 1970."""
    return datetime.fromtimestamp(at / 1000 if isinstance(at, int) and 0 <= at < END else 0, UTC)


def as_words(at: object) -> str:
    """Return a time on the disk as ISO 8601, UTC, whole seconds."""
    return f"{as_moment(at):%Y-%m-%dT%H:%M:%SZ}"


def to_age(text: str) -> timedelta:
    """Return how long `30d`, `12h`, `45m` or `2w` is; raise `ValueError`."""
    if not (match := _AGE.fullmatch(text)):
        raise ValueError(f"an age is a number and m, h, d or w, such as 30d, not {text!r}")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def to_moment(text: str, *, end: bool = False) -> datetime:
    """Return the moment that `2026-11-22`, `2026-11-22 12:01` or an age ago means; raise `ValueError`.

    It is local time, unless it says otherwise (`...Z`, `...+01:00`). A day alone is its beginning, or with
    `end` the beginning of the next.
    """
    try:
        return datetime.now(UTC) - to_age(text)
    except (ValueError, OverflowError):
        pass
    try:
        if len(text) == len("2026-11-22"):
            return (
                datetime.combine(date.fromisoformat(text), datetime.min.time()) + timedelta(days=end)
            ).astimezone()
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"a time is such as 2026-11-22, '2026-11-22 12:01' or 2h (ago), not {text!r}"
        ) from error
