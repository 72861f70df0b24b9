"""`python3 -m chatkit.exercises.child NAME FILE`: the process in which an answer is read and examined.

It tells each step as it begins, and how it ended, as lines of JSON on what was its standard output when it
started; whatever the answer prints goes to standard error. It never outlives its report.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from chatkit.check.frames import frames
from chatkit.exercises.complaints import ANSWERS, complaint, is_blunder, place
from chatkit.exercises.exam import Exam, Wrong
from chatkit.exercises.exercise import READING, task_of

MEMORY = 2 << 30  # bytes of address space: enough for a hundred threads, too little to hurt a laptop
LIFE = 300  # seconds after which it ends, although nobody has ended it


class Report:
    """The pipe to the grader; and a watch that tells where the answer is, shortly before a step is over."""

    def __init__(self) -> None:
        self._pipe = os.dup(1)
        os.dup2(2, 1)
        self._watch = threading.Timer(0, int)
        self._lock = threading.Lock()  # guards the pipe: a line is written whole

    def tell(self, **words: Any) -> None:
        """Write one line; if nobody reads any more, end."""
        with self._lock:
            data = json.dumps(words).encode() + b"\n"
            try:
                while data:
                    data = data[os.write(self._pipe, data) :]
            except OSError:
                os._exit(1)

    def step(self, text: str, seconds: float, anew: bool) -> None:
        """Tell that a step begins, and whether it has nothing to do with those before."""
        self.tell(step=text, seconds=seconds, anew=anew)
        self._watch.cancel()
        self._watch = threading.Timer(0.8 * seconds, self._tell_where)
        self._watch.name, self._watch.daemon = "exam watch", True
        with suppress(RuntimeError):  # no more threads can be started: then without
            self._watch.start()

    def _tell_where(self) -> None:
        self.tell(where=place(frames().get(threading.main_thread().ident or 0)))


def main(name: str, file: Path) -> NoReturn:
    """Examine the answer in `file`, tell what comes of it, and end."""
    report = Report()
    _set_limits()
    source = file.read_text(encoding="utf-8", errors="replace")
    module = ModuleType(f"answers.{name}")
    module.__file__ = f"{ANSWERS}{name}.py"
    sys.modules[module.__name__] = module  # where a dataclass looks for its own
    exam = Exam(vars(module), source, report.step)
    _listen_to_threads(exam, report.tell)
    try:
        exam.step(READING)
        exec(compile(source, module.__file__, "exec", dont_inherit=True), exam.names)
        report.tell(read=True)
        task_of(name)(exam)
        report.tell(passed=True)
    except Wrong as wrong:
        report.tell(wrong=wrong.sentence, expected=wrong.expected, got=wrong.got, knows_why=wrong.knows_why)
    except BaseException as error:  # it is the answer's: whatever it is, a person is told
        report.tell(wrong=complaint(error))
    finally:
        os._exit(0)


def _listen_to_threads(exam: Exam, tell: Callable[..., None]) -> None:
    """Tell of threads that die of an exception, and note when bytes are compared with text (python -b)."""

    def died(args: threading.ExceptHookArgs) -> None:
        if not (error := args.exc_value):
            return
        words = complaint(error)
        with exam.telling:
            if args.thread not in exam.past:
                exam.deaths.append(words)
                tell(died=words, blunder=is_blunder(error))

    def warned(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        compared = str(message).startswith("Comparison")  # to print bytes is no mistake
        exam.bytes_met_text |= compared and issubclass(category, BytesWarning)

    threading.excepthook = died
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", BytesWarning)
    setattr(warnings, "showwarning", warned)  # noqa: B010, mypy would have every argument spelt out


def _set_limits() -> None:
    """Hold the answer to what it may use, where the system has such limits."""
    if hasattr(signal, "alarm"):
        signal.alarm(LIFE)
    with suppress(ImportError, OSError, ValueError):
        import resource  # only where there is such a thing

        for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, LIFE)):
            resource.setrlimit(limit, (value, value))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
