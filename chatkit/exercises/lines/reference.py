"""However TCP cuts the stream, your reader hands out the same lines, and no stranger can fill it up."""

LIMIT = 4096  # bytes a line may have; past that, feed raises ValueError

class LineReader:
    def __init__(self):
        self.tail = b""  # the line whose end has not come yet

    def feed(self, chunk):
        """Return a list of the lines that this chunk completes, without their ends."""
        *lines, self.tail = (self.tail + chunk).split(b"\n")
        if any(len(line) >= LIMIT for line in [*lines, self.tail]):
            raise ValueError("this line is too long")
        return [line.removesuffix(b"\r") for line in lines]
