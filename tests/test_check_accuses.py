"""A server that is broken in one known way is accused of exactly that, and of nothing else."""

import re
import socket
import threading
import time
from contextlib import suppress

import pytest

from chatkit.check import check, measure


class Toy:
    """A chat server in 40 lines that keeps the spec, built so that each bug is one small change."""

    prompt = b"name?\n"
    longest = 5000
    good_name = re.compile(r"[A-Za-z0-9]+")

    def __init__(self, host, port):
        self.listener = socket.create_server((host, port))
        self.members = {}  # sockets and names, in the order of joining
        self.deciding = threading.RLock()

    def start(self):
        threading.Thread(target=self.accept_all, daemon=True).start()

    def stop(self):
        self.listener.close()

    def accept_all(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[sock], daemon=True).start()

    def serve(self, sock):
        with sock, suppress(OSError):
            self.send(sock, self.prompt)
            for line in sock.makefile("rb"):
                text = line.decode("utf-8", "replace").strip()[: self.longest]
                with self.deciding:
                    if sock in self.members:
                        self.say(sock, text)
                    elif not self.join(sock, text):
                        break
        self.leave(sock)

    def join(self, sock, name):
        if not self.good_name.fullmatch(name):
            return False
        self.tell_who_is_there(sock, name)
        self.tell(f"* {name} came", sock)
        self.members[sock] = name
        return True

    def tell_who_is_there(self, sock, name):
        self.send(sock, f"* here: {', '.join(self.members.values())}\n".encode())

    def say(self, sock, text):
        self.tell(f"[{self.members[sock]}] {text}", sock)

    def leave(self, sock):
        with self.deciding:
            if name := self.members.pop(sock, None):
                self.tell(f"* {name} went", sock)

    def tell(self, line, but):
        for sock in self.members:
            if sock is not but:
                self.send(sock, f"{line}\n".encode())

    def send(self, sock, data):
        with suppress(OSError):
            sock.sendall(data)


class NoNewline(Toy):
    prompt = b"NICK"


class Echoes(Toy):
    def say(self, sock, text):
        self.tell(f"[{self.members[sock]}] {text}", None)


class SilentWhenEmpty(Toy):
    def tell_who_is_there(self, sock, name):
        if self.members:
            super().tell_who_is_there(sock, name)


class ListsTheNewcomer(Toy):
    def tell_who_is_there(self, sock, name):
        self.send(sock, f"* here: {', '.join([*self.members.values(), name])}\n".encode())


class ListsNobody(Toy):
    def tell_who_is_there(self, sock, name):
        self.send(sock, b"* welcome\n")


class TellsTheNewcomer(Toy):
    def join(self, sock, name):
        return super().join(sock, name) and self.send(sock, f"* {name} came\n".encode()) is None


class NeverSaysGoodbye(Toy):
    def leave(self, sock):
        with self.deciding:
            self.members.pop(sock, None)


class KeepsGhosts(Toy):
    def leave(self, sock):
        if name := self.members.get(sock):
            self.tell(f"* {name} went", sock)


class LeavesCutNames(Toy):
    def join(self, sock, name):
        return super().join(sock, name[:15])


class TakesEmptyNames(Toy):
    good_name = re.compile(r"[A-Za-z0-9]*")


class TakesAccents(Toy):
    good_name = re.compile(r"[^\W_]+")


class CutsLongLines(Toy):
    longest = 512


class AnnouncesStrangers(Toy):
    def leave(self, sock):
        if sock not in self.members:
            self.tell("* somebody went", None)
        super().leave(sock)


BUGS = {
    Toy: [],
    NoNewline: ["the_server_asks_for_a_name"],
    Echoes: ["a_message_never_comes_back"],
    SilentWhenEmpty: ["the_first_one_in_is_told_that_nobody_is_there"],
    ListsTheNewcomer: ["the_list_leaves_out_the_newcomer"],
    ListsNobody: ["a_newcomer_is_told_who_is_there", "who_has_left_is_not_listed"],
    TellsTheNewcomer: ["nobody_is_told_of_their_own_coming"],
    NeverSaysGoodbye: ["everybody_else_hears_that_somebody_left"],
    KeepsGhosts: ["who_has_left_is_not_listed"],
    LeavesCutNames: ["a_name_may_have_sixteen_characters"],
    TakesEmptyNames: ["an_empty_name_is_refused"],
    TakesAccents: ["a_name_with_an_accent_is_refused"],
    CutsLongLines: ["a_message_may_have_a_thousand_characters"],
    AnnouncesStrangers: ["who_never_joined_is_never_mentioned", "a_refused_name_is_never_mentioned"],
}


@pytest.mark.parametrize("server", BUGS, ids=lambda server: server.__name__)
def test_a_server_is_accused_of_exactly_its_bug(server):
    report = check(server, "spec")
    assert sorted(report.broken) == sorted(BUGS[server]), str(report)


class DiesOfResets(Toy):
    """The founding bug: an error from recv ends the thread before it comes to the goodbye."""

    def serve(self, sock):
        self.send(sock, self.prompt)
        lines = sock.makefile("rb")
        while line := lines.readline():
            text = line.decode("utf-8", "replace").strip()
            with self.deciding:
                self.say(sock, text) if sock in self.members else self.join(sock, text)
        self.leave(sock)
        sock.close()


class ReadsTheEndAgainAndAgain(Toy):
    """The disconnect bug: an empty read is taken for an empty line."""

    def serve(self, sock):
        self.send(sock, self.prompt)
        try:
            while True:
                for line in sock.recv(4096).decode().splitlines():
                    self.say(sock, line) if sock in self.members else self.join(sock, line)
        except OSError:
            self.leave(sock)


def test_a_goodbye_that_hangs_on_the_clean_ending_is_told_from_its_opposite():
    both = ["a_polite_goodbye_is_told_once", "a_reset_is_told_once"]
    assert check(DiesOfResets, only=both).broken == ["a_reset_is_told_once"]
    assert check(ReadsTheEndAgainAndAgain, only=both).broken == ["a_polite_goodbye_is_told_once"]


def test_a_loop_that_spins_after_a_goodbye_is_seen():
    both = ["a_quiet_room_rests", "a_goodbye_leaves_no_loop_behind"]
    assert check(ReadsTheEndAgainAndAgain, only=both).broken == ["a_goodbye_leaves_no_loop_behind"]


def on_a_busy_machine(monkeypatch, cpu, wanted):
    """Let the machine say of the server that it has had `cpu` seconds of a core, and wanted `wanted`."""
    began = time.monotonic()
    monkeypatch.setattr(measure, "cpu_seconds", lambda _: cpu(time.monotonic() - began))
    monkeypatch.setattr(measure, "wants_seconds", lambda _: wanted * (time.monotonic() - began))


@pytest.mark.parametrize(
    "cpu",
    [
        pytest.param(lambda seconds: 0.02 * seconds, id="a fiftieth of a core"),
        pytest.param(lambda seconds: seconds // 2.4 * 0.1, id="a turn every other second"),
    ],
)
def test_a_loop_that_spins_is_seen_however_little_of_a_core_it_gets(monkeypatch, cpu):
    on_a_busy_machine(monkeypatch, cpu, wanted=1.0)
    assert check(Toy, only=["a_quiet_room_rests"]).broken == ["a_quiet_room_rests"]


def test_a_server_that_rests_is_not_accused_because_it_waits_for_a_core(monkeypatch):
    on_a_busy_machine(monkeypatch, lambda seconds: 0.002 * seconds, wanted=0.9)
    assert check(Toy, only=["a_quiet_room_rests"]).broken == []


def test_a_server_that_waits_for_a_frozen_reader_is_accused_of_that():
    assert check(Toy, only=["a_frozen_reader_stops_nobody"]).broken == ["a_frozen_reader_stops_nobody"]


class HasLargeBuffers(Toy):
    """The kernel may make them so large by itself."""

    def serve(self, sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 << 20)  # Linux doubles it
        super().serve(sock)


def test_a_server_that_waits_is_accused_however_much_the_kernel_hides():
    slow = ["a_frozen_reader_stops_nobody", "a_frozen_reader_keeps_nobody_out"]
    assert check(HasLargeBuffers, only=slow).broken == slow


class TakesItsTime(HasLargeBuffers):
    """As if it had a small part of a busy machine: two seconds and more for five thousand lines."""

    def say(self, sock, text):
        time.sleep(0.0003)
        super().say(sock, text)


def test_a_server_that_waits_is_accused_however_long_that_takes():
    slow = ["a_frozen_reader_keeps_nobody_out"]
    assert check(TakesItsTime, only=slow).broken == slow


def test_the_report_of_the_disconnect_bug_names_the_cause_the_step_and_the_lesson():
    text = str(check(ReadsTheEndAgainAndAgain, only=["a_polite_goodbye_is_told_once"]))
    for words in (
        "BROKEN: When somebody leaves politely (FIN), the others hear of it once",
        "recv returns b'' and raises nothing (lesson 5, The goodbye nobody hears)",
        "1. ada, grace and linus join",
        "2. linus leaves politely (FIN)",
        "failed     3. ada hears that linus has left",
        "expected      a line that begins with * and holds linus within 3 s",
        "got           nothing",
    ):
        assert words in text
    assert re.search(r"\d s +FIN →$", text, re.MULTILINE)


class OtherWords(Toy):
    """A chat that is not Budget Chat."""

    def say(self, sock, text):
        self.tell(f"{self.members[sock]}: {text}", sock)


def test_where_nobody_is_heard_the_rest_is_not_judged():
    report = check(OtherWords, "spec")
    assert report.broken == ["a_message_reaches_everybody_else"]
    assert report.named("not judged")[0] == "the_first_one_in_is_told_that_nobody_is_there"
    assert "22 more were not judged, because a_message_reaches_everybody_else is broken" in str(report)
    assert "'ada: hello'" in str(report)
