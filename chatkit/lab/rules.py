"""What becomes of what is read from one end of a connection: a table, one rule for each stage of its life.

Pure. The pipe obeys a rule; an ending changes it.
"""

from enum import Enum, auto
from typing import NamedTuple


class Deed(Enum):
    """What may be done with something that was read."""

    PASS = auto()
    LOSE = auto()  # it never arrives
    REFUSE = auto()  # it is lost, and its sender hears so by an RST, as from a closed socket
    ARRIVE = auto()  # it arrives, but at nobody
    IGNORE = auto()  # it is nobody's business


class Rule(NamedTuple):
    """What is done with each kind of thing."""

    data: Deed
    fin: Deed
    rst: Deed


PASSES = Rule(Deed.PASS, Deed.PASS, Deed.PASS)
LOST = Rule(Deed.LOSE, Deed.LOSE, Deed.LOSE)  # in silence, or when nobody is there any more
HALF = Rule(Deed.LOSE, Deed.IGNORE, Deed.PASS)  # from a client whose FIN the server has been sent
CUT_OFF = Rule(Deed.REFUSE, Deed.IGNORE, Deed.IGNORE)  # from a client that was hung up on
CLOSED = Rule(Deed.REFUSE, Deed.ARRIVE, Deed.ARRIVE)  # from the server to that client
