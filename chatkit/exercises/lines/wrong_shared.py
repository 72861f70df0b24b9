"""Two readers share one memory: make it in __init__."""

class LineReader:
    buffer = bytearray()

    def feed(self, chunk):
        self.buffer.extend(chunk)
        lines = bytes(self.buffer).split(b"\n")
        self.buffer[:] = lines.pop()
        return [line.removesuffix(b"\r") for line in lines]
