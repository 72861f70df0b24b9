"""Only the end of a line goes; its spaces are its own."""

class LineReader:
    def __init__(self):
        self.buffer = b""

    def feed(self, chunk):
        self.buffer += chunk
        *lines, self.buffer = self.buffer.split(b"\n")
        return [line.strip() for line in lines]
