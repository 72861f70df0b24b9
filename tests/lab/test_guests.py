"""People on wires: they talk through them, and what a plug does, the others see as after a real failure."""

import select
import threading

import pytest
from talker import PATIENCE

from chatkit.conversation import Conversation
from chatkit.lab import obituary, open_room, rooms
from chatkit.lab.events import Kind, Way
from chatkit.server import ChatServer
from chatkit.specimens import specimen
from chatkit.specimens.naive import Naive

pytestmark = pytest.mark.usefixtures("rooms")


@pytest.fixture
def room(engine):
    return open_room(engine=engine)


@pytest.fixture
def trio(room):
    guests = [room.seat(name) for name in ("ada", "grace", "linus")]
    room.wait_for("* linus has entered the room", "ada", "grace")
    return guests


def passed(room, person, way):
    """All bytes that have passed on a person's wire."""
    return b"".join(
        event.data
        for event in room.log.events
        if (event.kind, event.person, event.way) == (Kind.BYTES, person, way) and event.arrived is not None
    )


def kinds(room, person):
    return [event.kind for event in room.log.events if event.person == person]


def test_three_people_talk_and_the_log_has_every_byte(room, trio, eventually):
    ada, grace, linus = trio
    ada.say("Hello, room!")
    room.wait_for("[ada] Hello, room!", "grace", "linus")
    eventually(lambda: passed(room, "ada", Way.TO_SERVER) == b"ada\nHello, room!\n")
    welcome = b"Welcome to chatkit! What shall I call you?\n* The room contains: ada, grace\n"
    eventually(lambda: passed(room, "linus", Way.TO_CLIENT) == welcome + b"[ada] Hello, room!\n")
    assert (room.names, room.guests) == (("ada", "grace", "linus"), (ada, grace, linus))


def test_who_is_seated_is_known_to_all_however_late_they_hear_of_it(room, monkeypatch):
    ada, late, hear = room.seat("ada"), threading.Event(), Conversation.hear

    def hear_late(conversation, line):
        assert conversation.name != "ada" or late.wait(PATIENCE)
        return hear(conversation, line)

    monkeypatch.setattr("chatkit.lab.rooms.MOMENT", 0.01)
    monkeypatch.setattr(Conversation, "hear", hear_late)
    threading.Timer(0.5, late.set).start()
    room.seat("linus")
    assert ada.others == ("linus",)


def test_who_sits_already_joins_again(room, trio):
    linus = trio[2]
    linus.leave()
    room.wait_for("* linus has left the room", "ada")
    assert room.seat("linus") is linus
    assert (room.names[-1], linus.status) == ("linus", "joined")


def test_a_half_close_is_a_goodbye_that_goes_on_listening(room, trio):
    ada, _grace, linus = trio
    linus.wire.freeze(Way.TO_CLIENT)  # the server's own goodbye waits
    linus.half_close()
    room.wait_for("* linus has left the room", "ada", "grace")
    assert "half-closed" in linus.plug
    assert linus.status == "joined"
    ada.say("anybody?")
    assert Kind.FIN in kinds(room, "linus")
    linus.wire.thaw(Way.TO_CLIENT)
    room.wait_for("-- you half-closed (FIN), and then the server hung up too", "linus")


@pytest.mark.parametrize("pull", ["hang_up", "half_close", "reset"])
def test_the_next_end_is_told_for_what_it_is_whatever_was_pulled_before(room, trio, pull):
    linus = trio[2]
    getattr(linus, pull)()
    room.wait_until(lambda: linus.status == "left", "linus is outside")
    assert not [row for row in linus.rows if row.kind == "trouble"]  # it was his own doing
    room.wait_until(lambda: "linus" not in room.names, "the server has let go of him")
    linus.join()
    linus.leave()
    assert linus.text.splitlines()[-1] == "-- you have left"
    linus.join()
    room.server.stop()
    room.wait_until(lambda: linus.status == "trouble", "linus is outside")
    assert "the server ended the conversation" in linus.text.splitlines()[-1]


def test_a_reset_is_told_with_its_reason(room, trio):
    trio[2].reset()
    room.wait_for("* linus has left the room (connection lost)", "ada", "grace")
    assert Kind.RST in kinds(room, "linus")
    room.wait_for("-- you cut the connection (RST)", "linus")


def test_hanging_up_is_a_polite_goodbye(room, trio):
    trio[2].hang_up()
    room.wait_for("* linus has left the room", "ada", "grace")
    assert Kind.RST not in kinds(room, "linus")
    room.wait_for("-- you hung up (FIN)", "linus")
    assert trio[2].status == "left"


def test_who_is_frozen_hears_all_of_it_later(room, trio):
    ada, _grace, linus = trio
    linus.freeze()
    assert "frozen" in linus.plug
    ada.say("one\ntwo")
    room.wait_for("[ada] two", "grace")
    assert "[ada] one" not in linus.text
    linus.thaw()
    room.wait_for("[ada] two", "linus")
    assert (linus.text.splitlines()[-2:], linus.plug) == (["[ada] one", "[ada] two"], ())


def test_who_is_cut_off_is_missed_by_nobody(room, trio):
    ada, _grace, linus = trio
    linus.go_silent()
    ada.say("still there?")
    room.wait_for("[ada] still there?", "grace")
    assert (linus.status, room.names) == ("joined", ("ada", "grace", "linus"))
    assert "silent" in linus.plug
    assert Kind.SILENCE in kinds(room, "linus")


def test_who_leaves_in_silence_leaves_a_ghost_which_a_reset_ends(room, trio):
    linus = trio[2]
    linus.go_silent()
    linus.leave()
    assert linus.text.splitlines()[-1].startswith("-- you have left, but nobody was told")
    assert room.names == ("ada", "grace", "linus")
    linus.join()
    assert "the name linus is in use" in linus.text.splitlines()[-1]
    assert "silent" in linus.plug
    linus.reset()
    room.wait_for("* linus has left the room (connection lost)", "ada", "grace")
    linus.join()
    assert (linus.status, linus.plug) == ("joined", ())


def test_slices_are_one_line_in_the_end(room, trio):
    ada, _grace, _linus = trio
    ada.slice()
    assert "sliced" in ada.plug
    ada.say("slowly")
    room.wait_for("[ada] slowly", "linus")
    pieces = [e.data for e in room.log.events if (e.person, e.way) == ("ada", Way.TO_SERVER)]
    assert pieces[-7:] == [b"s", b"l", b"o", b"w", b"l", b"y", b"\n"]
    ada.behave()
    assert ada.plug == ()


@pytest.mark.parametrize("what", ["dance", "__class__", "wire", ""])
def test_a_click_that_means_nothing_does_no_harm(room, trio, what):
    ada, _grace, _linus = trio
    ada.click(what, "words")
    ada.say("still here")
    room.wait_for("[ada] still here", "grace")


def test_a_room_opened_again_ends_the_one_before(room, trio):
    after = open_room()
    for guest in trio:
        room.wait_until(lambda guest=guest: "the server is stopping" in guest.text, "the goodbye")
    assert after.names == ()


def test_what_is_waited_for_in_vain_is_told(room, trio):
    with pytest.raises(TimeoutError, match=r"(?s)grace did not see '\[ada\] hi' in 0.01 seconds, but.*"):
        room.wait_for("[ada] hi", "grace", timeout=0.01)
    with pytest.raises(TimeoutError, match=r"0.01 seconds have passed, and still not: rain"):
        room.wait_until(lambda: False, "rain", timeout=0.01)


def test_a_room_settles_when_its_wires_are_quiet(room, trio):
    ada, grace, _linus = trio
    ada.say("\n".join(map(str, range(200))))
    room.settle()
    assert grace.text.splitlines()[-1] == "[ada] 199"
    ada.slice()
    ada.say("x" * 4000)
    with pytest.raises(TimeoutError, match=r"0.3 seconds have passed, and the wires are still busy"):
        room.settle(quiet=PATIENCE, timeout=0.3)  # however late the next slice comes


class Sleepy(Naive):
    """It lets words lie for a while, as any thread does on a busy machine."""

    def handle(self, client):
        while select.select([client], [], []):
            threading.Event().wait(0.35)
            self.hear(client, client.recv(1024))


def test_a_room_has_not_settled_while_words_lie_unread_unless_for_ever(monkeypatch):
    room = open_room(Sleepy)
    ada, grace = room.seat("ada"), room.seat("grace")
    with monkeypatch.context() as patient:
        patient.setattr(rooms, "MOMENT", PATIENCE)
        for word in ("one", "two"):
            ada.say(word)
            room.settle(timeout=PATIENCE)
            assert grace.text.splitlines()[-1] == f"[ada] {word}"
    grace.freeze()
    ada.say("three")
    room.settle(timeout=PATIENCE)
    assert "three" not in grace.text


class Hungry(Naive):
    """It has read, and then gets no core until it is fed."""

    def __init__(self, host, port):
        super().__init__(host, port)
        self.reads, self.fed = threading.Event(), threading.Event()

    def hear(self, client, data):
        self.reads.set()
        assert self.fed.wait(PATIENCE)
        super().hear(client, data)


def test_a_room_has_not_settled_while_a_thread_waits_for_its_turn_on_a_busy_machine(monkeypatch, eventually):
    room = open_room(Hungry)
    ada, grace = room.seat("ada"), room.seat("grace")
    wait, turns = room.log.wait_for_change, []

    def fed_at_last(timeout):
        turns.append(timeout)
        if len(turns) != 10:
            return wait(timeout)
        before = room.log.version
        room.server.fed.set()
        eventually(lambda: room.log.version != before)
        return True

    ada.say("one")
    assert room.server.reads.wait(PATIENCE)
    monkeypatch.setattr(room.log, "wait_for_change", fed_at_last)
    room.settle()
    assert grace.text.splitlines()[-1] == "[ada] one"


class Late(Naive):
    """It tells the others a while after it has let somebody in: on a busy machine two seconds pass."""

    def broadcast(self, line, sender=None):
        threading.Event().wait(2.5)
        super().broadcast(line, sender)


def test_whoever_is_seated_has_been_heard_of():
    room = open_room(Late)
    ada = room.seat("ada")
    room.seat("grace")
    assert ada.text.splitlines()[-1] == "* grace has entered the room"


# Servers of other kinds


def test_a_server_of_another_process_is_a_room_by_its_address(serve, at_rest):
    server = serve()
    host, port = server.address
    for where in (server.address, f"{host}:{port}"):
        room = open_room(where)
        ada, grace = room.seat("ada"), room.seat("grace")
        ada.say("hi")
        room.wait_for("[ada] hi", "grace")
        for guest in (ada, grace):
            guest.leave()
        room.stop()
    assert server.names == ()
    at_rest()


@pytest.mark.parametrize("name", ["naive", "one_recv", "slow_reader", "waits_for_the_last"])
def test_a_specimen_is_a_room_and_one_that_cannot_stop_is_stopped(name):
    room = open_room(specimen(name).server)
    room.seat("ada")
    assert "ada    \u2192 server  [ada\\n]" in room.diagram().text
    assert "ada" in room.board.look().text


class Nothing:
    def __init__(self, host, port):
        pass


def test_a_class_that_is_no_server_is_told_what_it_lacks():
    with pytest.raises(TypeError, match="needs start, stop and address; this one lacks start"):
        open_room(Nothing)


# Threads that die


def test_a_polite_goodbye_kills_the_next_speaker_s_handler_and_the_log_tells_where(capfd):
    room = open_room(Naive)
    ada, linus, grace = (room.seat(name) for name in ("ada", "linus", "grace"))
    room.wait_for("* grace has entered the room", "ada", "linus")
    linus.leave()
    ada.say("one")
    room.wait_for("[ada] one", "grace")
    room.wait_until(lambda: Kind.RST in kinds(room, "linus"), "linus's computer refuses line one")
    over = ("linus", "CLOSED", "SPINS")  # the connection is, and its thread is not
    room.board.wait_until(
        lambda look: over in [(r.who, r.state, r.verdict) for r in look.rows], "a ghost spins"
    )
    ada.say("two")
    room.wait_until(lambda: any("died" in e.words for e in room.log.events), "a handler died")
    (note,) = [event.words for event in room.log.events if "died" in event.words]
    assert note.startswith("a thread died: BrokenPipeError in broadcast (naive.py:")
    room.wait_until(lambda: ada.status == "trouble", "ada is outside")
    assert "[ada] two" not in grace.text
    assert capfd.readouterr().err == ""


def test_other_threads_that_die_are_python_s_affair(monkeypatch):
    told = []
    monkeypatch.setattr(obituary, "_others_hook", lambda died: told.append(died.exc_type))
    monkeypatch.setattr(threading, "excepthook", obituary._hook)
    open_room(Naive)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert told == [ZeroDivisionError]


# What cannot be is told in one sentence


@pytest.mark.parametrize(
    "what",
    [None, 5, ("127.0.0.1",), ("127.0.0.1", "5"), [], ChatServer(port=0)],
    ids=lambda what: str(what)[:12],
)
def test_what_is_neither_a_server_s_class_nor_an_address_is_no_room(what):
    with pytest.raises(
        TypeError, match=r"a room needs a server's class, or the address .* '127.0.0.1:55555'; not "
    ):
        open_room(what)


class OfPort(Nothing):
    def __init__(self, port):
        pass


@pytest.mark.parametrize("made", [OfPort, object])
def test_a_class_that_does_not_take_host_and_port_is_told_so(made):
    with pytest.raises(TypeError, match=f"{made.__name__} cannot be made with host and port: "):
        open_room(made)


class Plain:
    """A server as it may be written first: what it has to tell is in attributes of its own."""

    def __init__(self, host, port):
        self._server = ChatServer(host, port)
        self.address = None

    def start(self):
        self.address = self._server.start().address

    def stop(self):
        self._server.stop()


def test_a_server_s_address_may_be_an_attribute_of_its_own():
    assert open_room(Plain).seat("ada").status == "joined"


def test_a_server_without_names_says_so(serve):
    for room in (open_room(Plain), open_room(serve().address)):
        with pytest.raises(RuntimeError, match="this server does not tell who is in the room"):
            room.names  # noqa: B018 (a property)
        room.stop()


def test_nobody_new_sits_down_in_a_room_that_is_closed(room):
    ada = room.seat("ada")
    room.stop()
    with pytest.raises(RuntimeError, match="this room is closed: run the cell that opens it"):
        room.seat("grace")
    assert "nothing listens at the server" in room.seat("ada").text
    assert room.guests == (ada,)


@pytest.mark.parametrize("name", [None, 5, ["ada", "grace"]])
def test_a_name_is_text(room, name):
    with pytest.raises(TypeError, match="a name is text, as in 'ada'; not "):
        room.seat(name)
