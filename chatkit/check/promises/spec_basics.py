"""What comes first: somebody connects and is asked for a name, and what one says another hears.

Where nobody is heard, nothing else can be judged.
"""

from chatkit.check.promise import Level, promise
from chatkit.check.stage import Stage

SPEC = Level.SPEC


@promise(SPEC, about="the server speaks first, and a line ends in a newline", lesson=2)
def the_server_asks_for_a_name(stage: Stage) -> None:
    """Whoever connects is asked for a name, in one whole line."""
    with stage.scene("somebody connects and waits to be asked for a name"):
        ada = stage.connected("ada")
        ada.expect(lambda: bool(ada.lines), "a line of text that ends in a newline")


@promise(SPEC, about="a message goes to every other member as [name] text", lesson=4, basic=True)
def a_message_reaches_everybody_else(stage: Stage) -> None:
    """What one says, everybody else who has joined hears, as [name] text."""
    ada, grace, linus = stage.joined("ada", "grace", "linus")
    ada.says("hello")
    grace.hears(ada, "hello")
    linus.hears(ada, "hello")
