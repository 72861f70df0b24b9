"""The first half of the line was forgotten."""

class LineReader:
    def feed(self, chunk):
        *lines, tail = chunk.split(b"\n")
        return lines
