"""Servers and talkers for every test; each test ends with proof that nothing was left behind."""

import os
import signal
import tempfile
import threading
from contextlib import contextmanager, suppress

import pytest
from talker import PATIENCE, Talker, eventually, free_port, is_free

from chatkit.engines import ENGINES
from chatkit.server import ChatServer

_answers = tempfile.TemporaryDirectory()  # of the lessons that run here; gone when this process is
os.environ["CHATKIT_ANSWERS"] = _answers.name

# Jupyter chooses a kernel's ports a while before the kernel takes them: from where no other test takes any.
with suppress(ImportError):
    from jupyter_client.connect import LocalPortCache

    LocalPortCache.find_available_port = lambda _cache, ip: free_port(ip)

# On a busy machine an example may take long.
with suppress(ImportError):
    from hypothesis import HealthCheck, settings

    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")

# nohup ignores the one, a job in the background the other; whatever a test starts would inherit that.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config, items):
    """Leave the long soaks out, unless they are asked for: `pytest -m soak`; wait for cells' late outputs."""
    for item in items:
        if hasattr(item, "output_timeout"):  # a cell of nbval's, which has no option for its 5 seconds
            item.output_timeout = PATIENCE
    if "soak" not in config.option.markexpr:
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def descriptors():
    """The number of this process's open descriptors; 0 where the system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def chatkit_threads():
    """All threads of chatkit's, but for the pumps of panes: there is one only while there is work for it."""
    names = {thread: thread.name for thread in threading.enumerate()}
    return {each for each, name in names.items() if name.startswith("chatkit") and "chatkit pane" not in name}


@pytest.fixture(params=sorted(ENGINES))
def engine(request):
    """Each engine in turn."""
    return request.param


@pytest.fixture
def nothing_left():
    """After the test there are no more threads and descriptors than before."""
    threads, open_before = chatkit_threads(), descriptors()
    yield
    assert not [thread.name for thread in chatkit_threads() - threads]
    eventually(lambda: descriptors() <= open_before, why="a descriptor is left open")  # a thread may just end


@pytest.fixture
def talkers(nothing_left):
    """Everybody who has talked in this test; their sockets are closed at the end."""
    everybody = []
    yield everybody
    for talker in everybody:
        talker.socket.close()


@pytest.fixture
def talk(talkers):
    """`talk(server)` is a stranger at the door; `talk(server, "ada")` has joined."""

    def _talk(server, name=None, **options):
        talkers.append(Talker(server.address, **options))
        if name is not None:
            talkers[-1].joins(name)
        return talkers[-1]

    return _talk


@pytest.fixture
def serve(engine, talkers):
    """`serve(**options)` is a server that has started; stopping it must end its threads and free its port."""
    servers, threads = [], chatkit_threads()

    def _serve(**options):
        servers.append(ChatServer(**{"port": 0, "engine": engine} | options).start())
        return servers[-1]

    yield _serve
    for talker in talkers:  # a server waits a while for its guests' goodbyes
        talker.socket.close()
    for server in servers:
        server.stop()
    for server in servers:
        assert not [each.name for each in chatkit_threads() - threads if "client" not in each.name]
        eventually(lambda server=server: is_free(server.address))


@pytest.fixture
def gather(talk):
    """`gather(server, "ada", "grace")` are talkers who have joined, and have heard each other come."""

    def _gather(server, *names, **options):
        talkers = []
        for name in names:
            newcomer = talk(server, name, **options)
            for talker in talkers:
                talker.hears(f"* {name} has entered the room")
            talkers.append(newcomer)
        return talkers

    return _gather


class Hold:
    """Hold a server's switchboard when it comes to a certain line, so that much can happen at one instant."""

    def __init__(self, server, line):
        self.line, self.hear_all = line, server.room.hear_all
        self.reached, self.released = threading.Event(), threading.Event()
        server.room.hear_all = self._hear_all

    def _hear_all(self, guest, lines):
        if self.line in lines:
            self.reached.set()
            self.released.wait(PATIENCE)
        return self.hear_all(guest, lines)


@pytest.fixture
def hold():
    """`with hold(server, talker):` nothing is decided; at its end all that has happened is seen at once."""

    @contextmanager
    def _hold(server, talker, line="hold everything"):
        held = Hold(server, line.encode())
        talker.says(line)
        assert held.reached.wait(PATIENCE)
        try:
            yield
        finally:
            held.released.set()

    return _hold


@pytest.fixture(name="eventually")
def _eventually():
    """`eventually(condition)` waits for it, with a deadline."""
    return eventually
