"""A line without an end is collected for ever: past LIMIT bytes, feed must raise ValueError."""

class LineReader:
    def __init__(self):
        self.buffer = b""

    def feed(self, chunk):
        self.buffer += chunk
        *lines, self.buffer = self.buffer.split(b"\n")
        return [line.removesuffix(b"\r") for line in lines]
