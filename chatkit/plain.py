"""Lines in which nothing needs a closer look: printable ASCII that begins with neither a blank nor a slash.

Most of what people say is like that. To see that much takes a few calls for a hundred lines; to decode, clean
and classify each of them takes hundreds.
"""

PRINTABLE = bytes([*range(0x20, 0x7F), 0x0A])


def plain_text(lines: list[bytes]) -> str:
    """Return the lines as one text if they are plain; otherwise an empty one."""
    text = b"\n" + b"\n".join(lines)
    odd = text.translate(None, PRINTABLE) or text.count(b"\n") != len(lines) or text.endswith(b"\n")
    if odd or b"\n\n" in text or b"\n " in text or b"\n/" in text:
        return ""
    return text[1:].decode("ascii")
