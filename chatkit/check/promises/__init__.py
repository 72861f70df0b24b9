"""The promises, each a short dialogue; importing this package registers them all in `promise.PROMISES`."""

from importlib import import_module

FILES = (  # in the order in which they are judged
    "spec_basics",
    "spec_joining",
    "spec_talking",
    "sturdy_leaving",
    "sturdy_dying",
    "sturdy_arriving",
    "sturdy_bytes",
    "sturdy_strangers",
    "sturdy_slow",
    "measured",
    "own_words",
    "own_commands",
    "own_limits",
)
DIALOGUES = [import_module(f"{__name__}.{name}") for name in FILES]
