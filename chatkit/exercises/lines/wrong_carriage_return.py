r"""The \r and the \n came in two chunks, and the \r stayed on the line."""

class LineReader:
    def __init__(self):
        self.buffer = b""

    def feed(self, chunk):
        self.buffer += chunk.replace(b"\r\n", b"\n")
        *lines, self.buffer = self.buffer.split(b"\n")
        return lines
