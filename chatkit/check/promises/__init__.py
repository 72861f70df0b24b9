"""The promises, each a short dialogue; importing this package registers them all in `promise.PROMISES`."""

from importlib import import_module

FILES = ("spec_joining", "spec_talking")  # in the order in which they are judged
DIALOGUES = [import_module(f"{__name__}.{name}") for name in FILES]
