"""Whether one's words are recorded, read from what the server tells newcomers and answers to `/record`."""

_TOLD = {"this room remembers what you say": True, "this room remembers, but not what you say": False}


def is_told(text: str) -> bool | None:
    """Read a reply: True, False, or None if it is about other things."""
    return _TOLD.get(text.partition(" unless")[0].partition(";")[0])
