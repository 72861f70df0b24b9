"""The bench: chatkit's engines side by side with other servers, under a load that verifies every line."""

from chatkit.bench.results import Results
from chatkit.bench.running import run

__all__ = ["Results", "run"]
