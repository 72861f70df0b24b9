"""`chatkit join` in full screen: from the words of the command line to an exit status."""

from chatkit.cli.asking import login_name
from chatkit.errors import ChatError
from chatkit.server import HOST, PORT
from chatkit.session import Session
from chatkit.standing import Status
from chatkit.terminal import places
from chatkit.terminal.app import ChatApp
from chatkit.terminal.entries import Stamps
from chatkit.terminal.hangup import ends_when_asked
from chatkit.terminal.inert import inert
from chatkit.terminal.places import Place
from chatkit.terminal.visit import Visit

INTERRUPTED = 130  # as shells have it: left before there was anything to end in good order


def talk(host: str | None, port: int | None, name: str | None, stamps: Stamps, remembers: bool) -> int:
    """Run the app until the person leaves, and return the exit status; raise `ChatError` as it ended."""
    known = places.last() if remembers else None
    default = known or Place(HOST, PORT, login_name())
    place = Place(
        default.host if host is None else host,
        default.port if port is None else port,
        default.name if name is None else name,
    )
    app = ChatApp(place, asks=None in (host, port, name), stamps=stamps, remembers=remembers)
    with ends_when_asked(app, lambda: _close(app.visit.session)):
        app.run()
    return _leave(app.visit, app.visit.session) if app.visit.session else INTERRUPTED


def _close(session: Session | None) -> None:
    if session:
        session.close()


def _leave(visit: Visit, session: Session) -> int:
    """Say goodbye now that the terminal is as it was, and what never went out."""
    status = session.status
    session.close()
    for line in [*visit.unsent, *session.outgoing.kept]:
        print(f"! this was not sent: {inert(line)}")
    if status.state != "joined":
        raise ChatError(_why(status))
    return 0


def _why(status: Status) -> str:
    return inert(status.why) or "left before the server answered"
