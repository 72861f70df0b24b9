"""Lines in which nothing needs a closer look: printable ASCII that begins with neither a blank nor a slash.

Most of what people say is like that. To see that much takes a few calls for a hundred lines; to decode, clean
and classify each of them takes hundreds.
"""

PRINTABLE = bytes(range(0x20, 0x7F))
ODD_BEGINNINGS = {b"", b" ", b"/"}


def plain_text(lines: list[bytes]) -> str:
    """Return the lines as one text if they are plain; otherwise an empty one."""
    if b"".join(lines).translate(None, PRINTABLE) or not ODD_BEGINNINGS.isdisjoint(x[:1] for x in lines):
        return ""
    return b"\n".join(lines).decode("ascii")
