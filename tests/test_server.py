"""The wire: what a client sends, and what everybody then hears, on both engines."""

import logging
import socket
import threading

import pytest
from talker import PATIENCE, eventually, is_free

from chatkit import ChatClient, ChatServer, Limits
from chatkit.errors import CannotListen
from chatkit.messages import Said

# Coming in


def test_the_server_speaks_first_and_asks_for_a_name(serve, talk):
    talk(serve()).hears("Welcome to chatkit! What shall I call you?")


def test_a_newcomer_to_an_empty_room_hears_that_nobody_is_there(serve, talk):
    stranger = talk(serve())
    stranger.hears_the_prompt()
    stranger.says("ada")
    stranger.hears("* The room contains: ")


def test_a_newcomer_hears_who_is_there_in_the_order_of_their_coming(serve, gather):
    *_, linus = gather(serve(), "grace", "ada", "linus")
    assert linus.found == ["grace", "ada"]


def test_everybody_else_hears_that_somebody_has_come(serve, talk):
    server = serve()
    ada = talk(server, "ada")
    talk(server, "grace")
    ada.hears("* grace has entered the room")


def test_somebody_without_a_name_hears_nothing_of_the_room(serve, talk, gather):
    server = serve()
    stranger = talk(server)
    stranger.hears_the_prompt()
    ada, grace = gather(server, "ada", "grace")
    ada.says("hello")
    grace.hears("[ada] hello")
    stranger.says("linus")
    stranger.hears("* The room contains: ada, grace")


def test_a_name_given_before_the_prompt_is_read_is_taken(serve, talk):
    stranger = talk(serve())
    stranger.says("ada")
    stranger.hears("Welcome to chatkit! What shall I call you?", "* The room contains: ")


def test_the_server_knows_the_names(serve, gather):
    server = serve()
    gather(server, "grace", "ada")
    assert server.names == ("grace", "ada")


def test_what_waits_for_a_frozen_reader_is_known_by_its_address(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace", receive_buffer=4096)
    host, port = grace.socket.getsockname()
    eventually(lambda: server.outboxes[f"{host} port {port}"] == 0)
    for _ in range(1500):
        ada.says("x" * 900)
    eventually(lambda: server.outboxes[f"{host} port {port}"] > 0)
    assert len(server.outboxes) == 2


# Talking


def test_everybody_else_hears_a_message_with_its_sender(serve, gather):
    ada, grace, linus = gather(serve(), "ada", "grace", "linus")
    ada.says("hello")
    grace.hears("[ada] hello")
    linus.hears("[ada] hello")


def test_the_sender_does_not_hear_its_own_message(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("hello")
    grace.hears("[ada] hello")
    grace.says("and you")
    ada.hears("[grace] and you")


@pytest.mark.parametrize("blank", ["", " ", "\t ", "\r"])
def test_a_blank_line_is_no_message(serve, gather, blank):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says(blank, "hello")
    grace.hears("[ada] hello")


def test_the_blanks_of_a_message_are_kept(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("  two  before, one after ")
    grace.hears("[ada]   two  before, one after ")


@pytest.mark.fault(46)
def test_a_carriage_return_before_the_newline_is_dropped(serve, talk, gather):
    server = serve()
    (grace,) = gather(server, "grace")
    ada = talk(server, "ada\r")
    ada.says("hello\r")
    grace.hears("* ada has entered the room", "[ada] hello")


def test_a_message_may_be_any_utf_8(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("grüße 你好 👩‍👩‍👧")
    grace.hears("[ada] grüße 你好 👩‍👩‍👧")


@pytest.mark.fault(19, 20)
def test_one_byte_at_a_time_gives_the_same_lines(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    for byte in "grüße 👋\nbye\n".encode():
        ada.sends(bytes([byte]))
    grace.hears("[ada] grüße 👋", "[ada] bye")


@pytest.mark.fault(20)
def test_lines_in_one_piece_are_as_many_messages(serve, talk, gather):
    server = serve()
    (grace,) = gather(server, "grace")
    talk(server).sends(b"ada\none\ntwo\nthree\n")
    grace.hears("* ada has entered the room", "[ada] one", "[ada] two", "[ada] three")


def test_all_members_see_one_and_the_same_order_and_nothing_is_lost(serve, gather):
    server = serve()
    *talkers, witness = gather(server, *(f"talker{n}" for n in range(10)), "witness")

    def talks(talker):
        for number in range(200):
            talker.says(f"line {number}")

    threads = [threading.Thread(target=talks, args=(talker,)) for talker in talkers]
    for thread in threads:
        thread.start()
    order = [witness.hears_a_line() for _ in range(2000)]
    for thread in threads:
        thread.join()
    for talker in talkers:
        mine = [line for line in order if line.startswith(f"[{talker.name}]")]
        assert mine == [f"[{talker.name}] line {number}" for number in range(200)]
        assert [talker.hears_a_line() for _ in range(1800)] == [line for line in order if line not in mine]


# Commands


def test_who_lists_everybody_to_the_asker_alone(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("/who", "hello")
    ada.hears("! here now: ada, grace")
    grace.hears("[ada] hello")


def test_help_names_the_commands(serve, gather):
    (ada,) = gather(serve(), "ada")
    ada.says("/help")
    ada.hears_an_error("/who", "/quit", "/help", "//")


def test_an_unknown_command_is_answered_and_not_relayed(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("/dance", "hello")
    ada.hears_an_error("no command /dance")
    grace.hears("[ada] hello")


def test_two_slashes_say_a_line_that_begins_with_one(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("//who is there?")
    grace.hears("[ada] /who is there?")


def test_quit_ends_the_conversation(serve, gather):
    (ada,) = gather(serve(), "ada")
    ada.says("/quit")
    ada.hears_the_end()
    assert ada.end == "FIN"


@pytest.mark.parametrize("count", [1, 1000])  # more lines than are decided in one go
def test_nothing_is_relayed_after_quit(serve, gather, count):
    ada, grace = gather(serve(), "ada", "grace")
    ada.says("/quit", *["too late"] * count)
    grace.hears("* ada has left the room")
    ada.leaves()
    grace.says("/who")
    grace.hears("! here now: grace")


def test_a_host_removes_a_member_in_words(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    server.kick("nobody")
    server.kick("Ada", "no shouting")
    ada.hears("! no shouting; goodbye")
    ada.hears_the_end()
    grace.hears("* ada has left the room (no shouting)")
    assert server.names == ("grace",)


def test_an_ascii_only_room_refuses_other_text_and_keeps_its_sender(serve, gather):
    ada, grace = gather(serve(ascii_only=True), "ada", "grace")
    ada.says("grüße", "greetings")
    ada.hears_an_error("plain ASCII only")
    grace.hears("[ada] greetings")


# Starting


def test_an_unknown_engine_is_refused_in_words():
    with pytest.raises(ValueError, match="there is no engine 'steam'; there are: threads, selectors"):
        ChatServer(engine="steam")


def test_starting_twice_is_refused_in_words(serve):
    server = serve()
    with pytest.raises(RuntimeError, match="running already"):
        server.start()


def test_a_with_block_starts_and_stops_it(engine, nothing_left):
    with ChatServer(port=0, engine=engine) as server:
        socket.create_connection(server.address).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.address)


def test_a_with_block_takes_a_server_that_runs(serve, talk):
    with serve() as server:
        stranger = talk(server)
        stranger.hears_the_prompt()
        stranger.leaves()


def test_serve_forever_serves_until_somebody_stops_it(engine, talk, eventually):
    server = ChatServer(port=0, engine=engine).start()
    wait, waited = server._ended.wait, []
    server._ended.wait = lambda timeout: waited.append(timeout) or wait(0.01)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    eventually(lambda: len(waited) > 1)
    talk(server).leaves()
    server.stop()
    serving.join(PATIENCE)
    assert not serving.is_alive()


def test_serve_forever_starts_the_server_by_itself(engine, talk, eventually):
    server = ChatServer(port=0, engine=engine)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    eventually(lambda: hasattr(server, "address"))
    stranger = talk(server)
    stranger.hears_the_prompt()
    stranger.leaves()
    eventually(lambda: server.stop() or not serving.is_alive())


def test_a_stop_while_it_is_still_starting_stops_it(engine, nothing_left, monkeypatch):
    server = ChatServer(port=0, engine=engine)
    runs, stopped = threading.Event(), threading.Event()
    start = threading.Thread.start

    def start_slowly(thread):
        start(thread)
        if thread.name == "chatkit switchboard":
            runs.set()
            stopped.wait(0.3)  # in which stop, if it waits for the start as it should, does not end

    monkeypatch.setattr(threading.Thread, "start", start_slowly)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    assert runs.wait(PATIENCE)
    server.stop()
    stopped.set()
    serving.join(PATIENCE)
    alive = serving.is_alive()
    server.stop()
    serving.join(PATIENCE)
    assert not alive


def test_a_second_stop_does_not_take_a_new_start_for_the_old_one(serve, eventually, monkeypatch):
    server = serve()

    def joins_late(*_):
        monkeypatch.undo()
        server.stop()  # somebody else's, and then
        server.start()

    monkeypatch.setattr("chatkit.server.join", joins_late)
    server.stop()
    address = server.address
    assert not is_free(address)
    server.stop()
    eventually(lambda: is_free(address))


def test_a_server_that_a_hook_stopped_can_be_started_again(serve, gather, talk, monkeypatch):
    server = serve(limits=Limits(linger=0.05))
    (ada,) = gather(server, "ada")
    monkeypatch.setattr(server.room, "hear_all", lambda *_: server.stop() or [])
    ada.says("stop it")
    ada.hears_all()
    ada.leaves()
    server.serve_forever()  # until it has ended
    server._thread.join()
    talk(server.start(), "grace")


@pytest.mark.fault(29)
def test_a_taken_port_is_refused_with_a_sentence(serve):
    port = serve().address[1]
    with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1 port {port}: another program"):
        ChatServer(port=port).start()


def test_it_listens_on_ipv6_too(serve, gather):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    ada, grace = gather(serve(host="::1"), "ada", "grace")
    ada.says("hello")
    grace.hears("[ada] hello")


def test_a_member_may_be_a_chat_client(serve, gather):
    server = serve()
    (ada,) = gather(server, "ada")
    with ChatClient(*server.address, "grace") as grace:
        ada.hears("* grace has entered the room")
        ada.says("hello")
        assert Said("ada", "hello") in [grace.receive(PATIENCE) for _ in range(3)]
    ada.hears("* grace has left the room")


# The log


def test_the_log_tells_who_comes_and_goes(serve, gather, caplog):
    caplog.set_level(logging.INFO, "chatkit.server")
    ada, grace = gather(serve(), "ada", "grace")
    grace.leaves()
    ada.hears("* grace has left the room")
    assert "* grace has entered the room" in caplog.messages
    assert "* grace has left the room" in caplog.messages


def test_the_log_tells_where_it_listens_and_when_it_has_stopped(serve, caplog):
    caplog.set_level(logging.INFO, "chatkit.server")
    server = serve()
    server.stop()
    assert caplog.messages == [f"listening on 127.0.0.1 port {server.address[1]}", "stopped"]


def test_at_debug_the_log_tells_of_strangers_too(serve, talk, caplog, eventually):
    caplog.set_level(logging.DEBUG, "chatkit.server")
    stranger = talk(serve(limits=Limits(naming=60)))
    here = f"127.0.0.1 port {stranger.socket.getsockname()[1]}"
    stranger.hears_the_prompt()
    stranger.leaves()
    eventually(lambda: f"{here} is gone: goodbye" in caplog.messages)
    assert f"{here} connected" in caplog.messages


@pytest.mark.fault(33)
@pytest.mark.parametrize("runs", [True, False], ids=["when it runs", "before it runs"])
@pytest.mark.parametrize("which", ["accept", "switchboard"])
def test_who_is_interrupted_while_a_thread_starts_keeps_nothing(
    engine, which, runs, monkeypatch, nothing_left
):
    if (engine, which) == ("selectors", "accept"):
        pytest.skip("this engine has no such thread")
    start = threading.Thread.start

    def interrupted(thread):
        if not thread.name.endswith(which):
            return start(thread)
        if runs:
            start(thread)
        raise KeyboardInterrupt

    server = ChatServer(port=0, engine=engine)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            server.start()
    eventually(lambda: is_free(server.address))
    server.start().stop()


@pytest.mark.fault(33)
def test_who_is_interrupted_while_a_name_is_looked_up_keeps_nothing(engine, monkeypatch, nothing_left):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ChatServer(port=0, engine=engine).start()
