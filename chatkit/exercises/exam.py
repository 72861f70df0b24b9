"""An exam: the steps of a task, what a task may ask of an answer, and how it says that the answer is wrong.

A task reads as a list of steps. Each has a deadline that the grader outside keeps, so a task itself need not
fear an answer that never returns. This file knows sockets only through the check's actors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from chatkit.check.actor import Actor
from chatkit.check.deadline import comes_true
from chatkit.check.frames import frames
from chatkit.check.judging import check
from chatkit.check.promise import PROMISES, Broken
from chatkit.check.rooms import Manners, Room
from chatkit.check.stage import Stage

HOST = "127.0.0.1"
STEP = 6.0  # seconds that a step may take in which the answer's own code is called
ROOM_STEP = 40.0  # seconds for a step of which each part has its own deadline
SOON = 3.0  # seconds in which what must happen happens


class Wrong(Exception):
    """The answer is wrong: one sentence for a person, and perhaps what was `expected` and `got`.

    It `knows_why`, if no exception of a thread can tell that better.
    """

    def __init__(self, sentence: str, expected: str = "", got: str = "", knows_why: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.expected, self.got, self.knows_why = sentence, expected, got, knows_why


class Exam:
    """Examine the answer that defines `names`; `tell` hears of each step: words, deadline, whether anew."""

    def __init__(self, names: dict[str, Any], source: str, tell: Callable[[str, float, bool], None]) -> None:
        self.names, self.source, self._tell = names, source, tell
        self.usual = STEP  # seconds for a step
        self.blame = ""  # the sentence for a room that does not do what this step expects
        self.deaths: list[str] = []  # of threads, by an exception that nobody caught
        self.past: set[threading.Thread] = set()  # whose room is over: how they die tells nothing
        self.telling = threading.Lock()  # guards `past`, until what follows from it is told
        self.bytes_met_text = False  # a comparison of bytes with text, which is never true

    def step(self, text: str, blame: str = "", seconds: float = 0.0) -> None:
        """Begin a step; if it takes longer than `seconds` (by default what is usual), the exam is over."""
        self.blame = blame
        self._tell(text, seconds or self.usual, False)

    def step_anew(self, text: str, blame: str = "", seconds: float = 0.0) -> None:
        """Begin a step that has a room of its own: nothing that died before is the reason if it fails."""
        self.blame = blame
        with self.telling:
            self.past |= self.threads()
            self._tell(text, seconds or self.usual, True)

    # What the answer must define.

    def wants_class(self, name: str, base: type = object, *methods: str) -> Any:
        """Return the class called `name`; it must build on `base` and have these `methods`."""
        found = self._named(name, "class")
        if not isinstance(found, type):
            raise Wrong(f"{name} must be a class, made with `class {name}:`.", "a class", _kind(found))
        if not issubclass(found, base):
            raise Wrong(f"{name} must build on {base.__name__}: class {name}({base.__name__}):")
        for method in methods:
            own = [each for each in vars(found) if not (each.startswith("__") or hasattr(base, each))]
            near = "" if method in vars(found) else _nearest(method, own)
            if near or not callable(getattr(found, method, None)):
                raise Wrong(_misnamed(near, method) or f"{name} has no method called {method}.")
        return found

    def wants_function(self, name: str) -> Any:
        """Return the function called `name`."""
        found = self._named(name, "function")
        if not callable(found):
            raise Wrong(
                f"{name} must be a function, made with `def {name}(...):`.", "a function", _kind(found)
            )
        return found

    def _named(self, name: str, kind: str) -> Any:
        self.step(f"it defines {name}")
        if name in self.names:
            return self.names[name]
        near = _nearest(name, [each for each in self.names if not each.startswith("_")])
        raise Wrong(_misnamed(near, name) or f"There is no {kind} called {name} in your answer.")

    # What must be true of it.

    def demand(self, truth: bool, sentence: str, expected: str = "", got: str = "") -> None:
        """Say that the answer is wrong, in one `sentence`, unless `truth`."""
        if not truth:
            raise Wrong(sentence, expected, got)

    def soon(self, test: Callable[[], bool], within: float = SOON) -> bool:
        """Wait until `test` is true; return False if `within` seconds pass before."""
        return comes_true(test, within)

    @contextmanager
    def room(self, factory: Any) -> Iterator[tuple[Any, Stage]]:
        """Start a server, and give it with a stage that brings people in."""
        self.step_anew("your server starts")
        server = factory(HOST, 0)
        server.start()
        stage = Stage(Room(server.address, Manners()))
        self.usual = ROOM_STEP  # the answer has threads of its own now, and the actors keep deadlines
        try:
            yield server, stage
        except Broken as broken:
            raise Wrong(
                self.blame or "This did not happen in your room.", broken.expected, broken.got
            ) from None
        stage.clear(politely=False)
        self.usual = STEP
        self.step("your server stops")
        server.stop()

    def joined(self, server: Any, stage: Stage, *names: str) -> list[Actor]:
        """Let people join, and wait until the server lists them: the naive one greets before it does."""
        actors = stage.joined(*names)
        self.soon(lambda: set(names) <= set(server.names))
        return actors

    def keeps(self, factory: Any, name: str, blame: str) -> None:
        """Demand that the server keeps a promise of `chatkit check`."""
        self.step_anew(PROMISES[name].sentence, blame, 2 * ROOM_STEP)
        (outcome,) = check(factory, only=[name], in_process=True).outcomes
        if outcome.failure:
            raise Wrong(blame, outcome.failure.expected, outcome.failure.got)

    def stack(self, thread: threading.Thread) -> list[str]:
        """Return the names of the functions that a thread is in, the innermost first."""
        frame, names = frames().get(thread.ident or 0), []
        while frame:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        return names

    def threads(self) -> set[threading.Thread]:
        """Return the threads that live now, without those of the exam itself."""
        ours = ("MainThread", "exam", "check")
        return {each for each in threading.enumerate() if not each.name.startswith(ours)}


def _misnamed(near: str, name: str) -> str:
    return f"You wrote {near}; it must be called {name}." if near else ""


def _nearest(name: str, names: list[str]) -> str:
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.75)), "")


def _kind(found: object) -> str:
    return f"{type(found).__name__}: {found!r:.60}"
