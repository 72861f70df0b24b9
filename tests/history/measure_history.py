"""What a history costs, measured: `python3 tests/history/measure_history.py`, in two minutes.

The first table is the history alone: microseconds for each line, in rounds of so many. The second is a room
of 50 who all talk and all listen, without a history, with one, and with a durable one: the median of five.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from chatkit.bench.contestants import CONTESTANTS, Contestant
from chatkit.bench.runner import Measurement, measure
from chatkit.bench.scenarios import SCENARIOS
from chatkit.history import Archive, History

ROUNDS = (1, 10, 100, 1000, 10_000)  # lines
REPEAT = 5


def alone(lines: int, seconds: float = 2.0) -> str:
    """Record rounds of so many lines for a while."""
    said = [(f"user{n % 50}", "x" * 64) for n in range(lines)]
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "chat.db")
        history.open()
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            begun = time.perf_counter()
            history.record(said)
            times.append(time.perf_counter() - begun)
        history.close()
    mean, longest = statistics.mean(times) * 1e6 / lines, max(times) * 1000
    return f"{lines:>8,}  {mean:>9.2f}  {longest:>10.1f}"


def forgetting(lines: int = 1_000_000) -> tuple[float, float]:
    """Return the seconds that it takes to forget one of 50 in so many lines, and to search them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.db"
        history = History(path)
        history.open()
        for _ in range(lines // 10_000):
            history.record(
                [(f"user{n % 50}", "a line of usual length, or so it seems to me") for n in range(10_000)]
            )
        begun = time.perf_counter()
        assert history.forget("user7") == lines // 50
        forgot = time.perf_counter()
        with Archive(path) as archive:
            assert not list(archive.lines(words=["nowhere"]))
        history.close()
    return forgot - begun, time.perf_counter() - forgot


def contestants() -> list[Contestant]:
    """Return the two engines, without a history, with one, and with a durable one."""
    found = []
    for engine in ("threads", "selectors"):
        plain = CONTESTANTS[engine]
        found.append(plain)
        for name, words in (("history", ["--history"]), ("durable", ["--durable", "--history"])):

            def command(port, folder, plain=plain, words=words):
                return [*plain.command(port, folder), *words, str(folder / "chat.db")]

            found.append(Contestant(f"{engine}, {name}", command))
    return found


def main() -> None:
    """Print both tables."""
    print("   lines  us a line  longest ms")
    for lines in ROUNDS:
        print(alone(lines), flush=True)
    print(
        "in a million lines: {:.2f} s to forget somebody, {:.1f} s to search".format(*forgetting()),
        flush=True,
    )
    found: dict[str, list[Measurement]] = {}
    for _ in range(REPEAT):
        for each in contestants():
            found.setdefault(each.name, []).append(measure(SCENARIOS["all-to-all-50"], each))
    print(" " * 20, "million deliveries a second, of off; us of CPU a delivery, of off")
    for name in found:
        rate, cpu = median(found[name], "rate"), median(found[name], "cpu")
        off = found[name.split(",")[0]]
        rates, cpus = rate / median(off, "rate"), median(off, "cpu") / cpu
        print(f"{name:<20} {rate / 1e6:>8.1f} {rates:>6.2f}  {cpu:>8.4f} {cpus:>6.2f}", flush=True)


def median(found: list[Measurement], figure: str) -> float:
    """Return the median of one figure."""
    return statistics.median(each.figures.get(figure, 0.0) for each in found)


if __name__ == "__main__":
    main()
