"""What a history costs, measured: `python3 tests/history/measure_history.py`, in minutes.

The first table is what it takes to forget one of 50 people, and to search in vain. The second is the history
alone: microseconds for each line, in rounds of so many. The third is a room of 50 who all talk and all
listen, without a history, with one, and with a durable one: the median of five.
"""

import resource
import statistics
import sys
import tempfile
import time
from multiprocessing import get_context
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


def memory() -> int:
    """Return the most bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << (0 if sys.platform == "darwin" else 10)


def forgetting(lines: int) -> str:
    """Forget one of 50 in so many lines, and search them: what each takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chat.db"
        history = History(path)
        history.open()
        for _ in range(lines // 10_000):
            history.record(
                [(f"user{n % 50}", "a line of usual length, or so it seems to me") for n in range(10_000)]
            )
        size, before, begun = path.stat().st_size, memory(), time.perf_counter()
        assert history.forget("user7") == lines // 50
        forgot, took = time.perf_counter(), memory() - before
        with Archive(path) as archive:
            assert not list(archive.lines(words=["nowhere"]))
        history.close()
    forget, search = forgot - begun, time.perf_counter() - forgot
    return f"{lines:>10,} {size >> 20:>5} {forget:>9.2f} {took >> 20:>10} {search:>9.1f}"


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
    """Print the tables."""
    print("     lines    MB  forget s  memory MB  search s")
    for lines in (1_000_000, 2_000_000, 4_000_000):
        with get_context("spawn").Pool(1) as anew:  # a process's peak of memory is its own
            print(anew.apply(forgetting, (lines,)), flush=True)
    print("\n   lines  us a line  longest ms")
    for lines in ROUNDS:
        print(alone(lines), flush=True)
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
