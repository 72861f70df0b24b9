"""Strangers at the door, by the hundred or in another language: clear words for them; nobody inside hears."""

import http.client
import shutil
import ssl
import subprocess
import urllib.request

import pytest
from talker import PATIENCE

from chatkit import Limits


def nobody_heard_of_them(ada, grace):
    grace.says("is anybody new here?")
    ada.hears("[grace] is anybody new here?")


# Programs that speak something else


@pytest.mark.fault(42)
def test_a_browser_is_told_in_words_that_this_is_no_web_server(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    with pytest.raises(http.client.BadStatusLine, match="Welcome to chatkit"):
        urllib.request.urlopen(f"http://127.0.0.1:{server.address[1]}/", timeout=PATIENCE)
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(42)
def test_a_web_page_cannot_speak_in_the_room(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    page = f"http://127.0.0.1:{server.address[1]}/"
    with pytest.raises((http.client.BadStatusLine, OSError)):
        urllib.request.urlopen(page, b"mallory\nI speak from a web page\n" * 100, timeout=PATIENCE)
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(42)
def test_a_tls_client_fails_at_once_and_does_not_wait(serve, gather, talk):
    server = serve(limits=Limits(naming=60.0))
    ada, grace = gather(server, "ada", "grace")
    stranger = talk(server)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError, match=r"(?i)wrong.version|record"):
        context.wrap_socket(stranger.socket, server_hostname="chat.example")
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(42)
@pytest.mark.skipif(not shutil.which("ssh"), reason="there is no ssh")
def test_an_ssh_client_ends(serve, gather):
    server = serve()
    ada, grace = gather(server, "ada", "grace")
    server.limits = Limits(naming=1.0)
    command = ["ssh", "-o", "BatchMode=yes", "-p", str(server.address[1]), "127.0.0.1", "true"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    assert done.returncode == 255
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(46)
def test_telnet_that_negotiates_first_is_told_the_rule_and_in_the_room_it_does_no_harm(serve, gather, talk):
    server = serve()
    (grace,) = gather(server, "grace")
    stranger = talk(server)
    stranger.sends(b"\xff\xfb\x1f\xff\xfb\x20\xff\xfd\x03ada\r\n")
    stranger.hears_the_prompt()
    stranger.hears_an_error("1 to 24 ASCII letters or digits")
    (ada,) = gather(server, "ada")
    grace.hears("* ada has entered the room")
    ada.sends(b"\xff\xfa\x1f\0P\0\x18\xff\xf0hello\r\n\xff\xf4\xff\xfd\x06\r\n")
    assert grace.hears_a_line().endswith("hello")
    grace.hears_a_line()


# Many, and slow


@pytest.mark.fault(10)
def test_three_hundred_who_dribble_their_names_are_all_told_and_keep_nobody_out(
    serve, talk, gather, eventually
):
    server = serve(limits=Limits(naming=600))
    crowd = [talk(server) for _ in range(300)]
    for letter in b"slow":
        for each in crowd:
            each.sends(bytes([letter]))
    ada, grace = gather(server, "ada", "grace")
    nobody_heard_of_them(ada, grace)
    server.limits = Limits(naming=0.5)
    for each in crowd:
        each.hears_the_prompt()
        each.hears_an_error("no name within 0.5 seconds")
        each.hears_the_end()
        each.leaves()
    eventually(lambda: len(server.outboxes) == 2)
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(10, 28)
def test_three_hundred_half_open_connections_are_gone_after_their_time(serve, talk, gather, eventually):
    server = serve(limits=Limits(naming=600, linger=0.2))
    for _ in range(300):
        talk(server)  # and never reads, nor closes
    ada, grace = gather(server, "ada", "grace")
    server.limits = Limits(naming=0.5)
    eventually(lambda: len(server.outboxes) == 2)
    nobody_heard_of_them(ada, grace)


@pytest.mark.fault(25)
def test_strangers_who_fill_the_room_lose_their_places_and_others_come_in(serve, talk, eventually):
    server = serve(limits=Limits(clients=20, naming=0.5, linger=0.1))
    for each in [talk(server) for _ in range(40)]:
        each.hears_a_line()  # the prompt, or that the room is full
    eventually(lambda: not server.outboxes)
    server.limits = Limits()
    talk(server, "ada")


# Names


@pytest.mark.fault(13)
def test_of_fifty_who_want_one_name_at_one_instant_one_gets_it(serve, talk, gather, hold):
    server = serve()
    (grace,) = gather(server, "grace")
    crowd = [talk(server) for _ in range(50)]
    with hold(server, grace):
        for number, each in enumerate(crowd):
            each.says("aDa" if number % 2 else "Ada")
    heard = []
    for each in crowd:
        each.hears_the_prompt()
        heard.append(each.hears_a_line())
    assert sum(line == "* The room contains: grace" for line in heard) == 1
    assert sum("is in use" in line for line in heard) == 49


@pytest.mark.fault(15)
@pytest.mark.parametrize("name", ["chatkit", "server", "system", "admin", "root"])
def test_a_name_that_sounds_official_speaks_as_everybody_does(serve, gather, name):
    official, ada = gather(serve(), name, "ada")
    official.says("! the server is stopping; goodbye", "* ada has left the room")
    ada.hears(f"[{name}] ! the server is stopping; goodbye", f"[{name}] * ada has left the room")


@pytest.mark.fault(19)
def test_a_character_cut_at_every_byte_arrives_whole(serve, gather):
    ada, grace = gather(serve(), "ada", "grace")
    text = "é漢😀\u0301e\u200dx"
    line = f"{text}\n".encode()
    for place in range(1, len(line)):
        ada.sends(line[:place])
        grace.says(f"cut at {place}")  # the first part has been read by now, or the order does not matter
        ada.hears(f"[grace] cut at {place}")
        ada.sends(line[place:])
        grace.hears(f"[ada] {text}")
