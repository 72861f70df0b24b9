"""The museum: servers broken on purpose, each by one mistake that people really make.

Each file holds one specimen: its first line names the cause, its one public class is the server, and the
class's docstring is the symptom. `BREAKS` names the promises of `chatkit check` that it breaks, every time;
`SOMETIMES`, those that it breaks when luck is bad. All but `naive`, which is a whole server, are chatkit's
own with one or two methods replaced, so that the cure is a few lines. Run one with
`python3 -m chatkit.specimens NAME HOST PORT`.
"""

import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any

NAMES = (  # as one walks through the museum: the goodbye, the door, the bytes, the crowd, the machine
    "naive",
    "empty_read",
    "nobody_told",
    "clean_ending_only",
    "dead_listener",
    "end_and_close",
    "remembered_place",
    "name_stays_taken",
    "keyed_by_name",
    "naming_blocks",
    "naming_kills",
    "no_descriptor_left",
    "pool_of_threads",
    "prompt_without_newline",
    "line_per_name",
    "swapped_greetings",
    "joined_too_early",
    "connected_is_joined",
    "refused_but_here",
    "is_alnum",
    "announced_too_early",
    "lower_case",
    "off_by_the_newline",
    "one_recv",
    "ends_with_newline",
    "two_readers",
    "one_buffer_for_all",
    "blank_line",
    "carriage_return",
    "bad_byte",
    "long_line",
    "sender_trusted",
    "return_in_the_loop",
    "listed_twice",
    "thread_per_line",
    "walked_list",
    "slow_reader",
    "half_sent",
    "sleeps_for_everybody",
    "busy_wait",
    "sockets_kept",
    "waits_for_the_last",
    "wakes_nobody",
)

CAUSE = "SPECIMEN, broken on purpose: "


@dataclass(frozen=True, slots=True)
class Specimen:
    """One exhibit; `server(host, port)` is called like `ChatServer`."""

    name: str
    server: Any
    cause: str
    symptom: str
    breaks: frozenset[str]
    sometimes: frozenset[str]


def specimen(name: str) -> Specimen:
    """Return the specimen called `name`; raise KeyError if there is none."""
    if name not in NAMES:
        raise KeyError(f"there is no specimen {name!r}; there are: {', '.join(NAMES)}")
    module = import_module(f"{__name__}.{name}")
    (server,) = (
        each
        for each in vars(module).values()
        if inspect.isclass(each) and each.__module__ == module.__name__ and not each.__name__.startswith("_")
    )
    return Specimen(
        name,
        server,
        (module.__doc__ or "").partition("\n")[0].removeprefix(CAUSE),
        (server.__doc__ or "").partition("\n")[0],
        frozenset(module.BREAKS),
        frozenset(getattr(module, "SOMETIMES", ())),
    )


def specimens() -> list[Specimen]:
    """Return all specimens."""
    return [specimen(name) for name in NAMES]
