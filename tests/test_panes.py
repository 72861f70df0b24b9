"""Chat panes without a browser: what a script sees of them, and what they tell a view that asks."""

import json
import subprocess
import sys

import pytest
from conftest import chatkit_threads

from chatkit.lab import wait_for
from chatkit.panes import ChatPane, how_to_join, side_by_side

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "&lt;b&gt; & \" ' `${alert(1)}`",
    "[ada] <iframe srcdoc='<script>alert(1)</script>'>",
]


class Watched(ChatPane):
    """A pane that remembers what it sent to its views."""

    def __init__(self, *where):
        self.sent = []
        super().__init__(*where)

    def send(self, content, buffers=None):
        self.sent.append(json.loads(json.dumps(content)))

    def click(self, **message):
        """Do what a view does, by the same way."""
        self.comm.handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture
def sit(talkers, eventually):
    """`sit(server, "ada")` is ada's pane in that room; `talkers` proves that nothing is left of it."""
    panes = []

    def _sit(server, name):
        panes.append(Watched(*server.address, name))
        return panes[-1]

    yield _sit
    for pane in panes:
        pane.leave()
        pane.close()
    eventually(lambda: not [each for each in chatkit_threads() if "pane" in each.name])


@pytest.fixture
def trio(server, sit):
    panes = [sit(server, name) for name in ("ada", "grace", "linus")]
    wait_for("* linus has entered the room", *panes[:2])
    return panes


# Talking


def test_three_panes_talk_and_each_tells_the_whole_story(trio):
    ada, grace, linus = trio
    ada.say("Hello, room!")
    wait_for("[ada] Hello, room!", grace, linus)
    grace.say("Hello, ada!")
    wait_for("[grace] Hello, ada!", ada, linus)
    hello = "Welcome to chatkit! What shall I call you?"
    came = ["* grace has entered the room", "* linus has entered the room"]
    said = ["[ada] Hello, room!", "[grace] Hello, ada!"]
    assert ada.text.splitlines() == [
        *(hello, "> ada", "* The room contains: ", *came, "> Hello, room!", "[grace] Hello, ada!")
    ]
    assert linus.text.splitlines() == [hello, "> linus", "* The room contains: ada, grace", *said]


def test_a_pane_and_a_plain_socket_talk(server, sit, talk):
    ada = sit(server, "ada")
    grace = talk(server, "grace")
    ada.say("hello\n/not a command")
    grace.hears("[ada] hello", "[ada] /not a command")
    grace.says("caf\u00e9 \U0001f600")
    wait_for("[grace] caf\u00e9 \U0001f600", ada)


def test_what_is_typed_may_be_a_command_or_a_line_that_looks_like_one(trio):
    ada, grace, _linus = trio
    ada.enter("/who")
    wait_for("! here now: ada, grace, linus", ada)
    ada.enter("//who")
    wait_for("[ada] /who", grace)
    assert ada.text.splitlines()[-3:] == ["> /who", "! here now: ada, grace, linus", "> //who"]


def test_a_blank_line_is_not_sent(trio):
    ada, grace, _linus = trio
    before = ada.text
    ada.enter("   ")
    ada.say("\n \n")
    assert ada.text == before
    ada.say("words")
    wait_for("[ada] words", grace)


def test_a_line_that_is_too_long_is_refused_in_one_sentence_and_the_pane_stays(trio):
    ada, grace, _linus = trio
    ada.say("x" * 5000)
    assert ada.text.splitlines()[-1].startswith("-- that line has 5001 bytes")
    ada.say("short")
    wait_for("[ada] short", grace)


def test_words_that_are_no_text_go_out_as_the_pane_shows_them(trio):
    ada, grace, _linus = trio
    ada.say("bell \x07 and half a pair \ud800")
    wait_for("[ada] bell \ufffd and half a pair ?", grace)
    assert ada.text.splitlines()[-1] == "> bell \ufffd and half a pair ?"


# Leaving, and coming back


def test_leaving_and_joining_again_is_seen_by_all_and_takes_a_new_connection(trio, server):
    ada, grace, linus = trio
    linus.leave()
    wait_for("* linus has left the room", ada, grace)
    assert server.names == ("ada", "grace")
    linus.leave()
    linus.join()
    linus.join()
    assert server.names == ("ada", "grace", "linus")
    assert linus.text.splitlines()[-4:] == [
        "-- you have left",
        "Welcome to chatkit! What shall I call you?",
        "> linus",
        "* The room contains: ada, grace",
    ]
    linus.say("back")
    wait_for("[linus] back", ada, grace)


def test_typing_quit_leaves_as_the_button_does(trio):
    ada, _grace, linus = trio
    linus.enter("/quit")
    wait_for("* linus has left the room", ada)
    wait_for("-- you have left", linus)


def test_who_has_left_cannot_speak_and_is_told_so(trio):
    linus = trio[2]
    linus.leave()
    linus.say("anybody?")
    assert linus.text.splitlines()[-1] == "-- linus is not in the room"


def test_a_second_pane_of_a_name_takes_the_place_of_the_first(server, sit):
    grace, older = sit(server, "grace"), sit(server, "ada")
    newer = sit(server, "Ada")
    assert server.names == ("grace", "Ada")
    assert older.text.splitlines()[-1] == "-- a newer pane speaks for ada now: use that one"
    older.join()
    older.say("me too")
    assert older.text.splitlines()[-1] == "-- ada is not in the room"
    newer.say("me")
    wait_for("[Ada] me", grace)
    assert "me too" not in grace.text


def test_a_closed_pane_leaves_the_room(trio):
    ada, _grace, linus = trio
    linus.close()
    wait_for("* linus has left the room", ada)


# What goes wrong is one sentence in the pane


def test_a_name_that_is_taken(server, sit, talk, eventually):
    talker = talk(server, "ada")
    ada = sit(server, "ada")
    assert "did not let ada in; it said: the name ada is in use" in ada.text.splitlines()[-1]
    talker.leaves()
    eventually(lambda: server.names == ())
    ada.join()
    assert server.names == ("ada",)


@pytest.mark.parametrize("name", ["a b", "", "x" * 25, "a\nb", "\ud800", "<b>"])
def test_a_name_that_no_room_takes(server, sit, name):
    pane = sit(server, name)
    assert "a name is 1 to 24" in pane.text.splitlines()[-1]
    assert server.names == ()


def test_a_server_that_stops_and_one_that_is_not_there(trio, server, eventually):
    server.stop()
    for pane in trio:
        eventually(lambda: "ended the conversation" in pane.text)  # noqa: B023 (it is called right here)
        pane.join()
        *_, gone, refused = pane.text.splitlines()
        assert gone.startswith("-- ")
        assert gone.endswith("ended the conversation; it said: the server is stopping; goodbye")
        assert refused.startswith("-- nothing listens at ")
        assert refused.endswith("Run its cell, then this pane's cell.")


# What views are told


@pytest.fixture
def replay(eventually):
    """`replay(pane)` asks as a new view does, and returns the answer."""

    def _replay(pane):
        before = len(pane.sent)
        pane.click(do="ready")
        eventually(lambda: any(message["everything"] for message in pane.sent[before:]))
        return next(message for message in pane.sent[before:] if message["everything"])

    return _replay


def test_a_view_that_asks_is_told_everything_and_rows_have_rising_numbers(trio, replay):
    ada, grace, _linus = trio
    ada.say("one")
    wait_for("[ada] one", grace)
    told = replay(grace)
    assert (told["name"], told["status"], told["others"]) == ("grace", "joined", ["ada", "linus"])
    assert [number for number, *_ in told["rows"]] == list(range(1, len(told["rows"]) + 1))
    assert told["rows"][-1][1:] == ["said", "ada", "one"]


def test_what_happens_is_told_as_it_happens_each_row_once(trio, eventually):
    ada, grace, _linus = trio
    for number in range(20):
        ada.say(f"line {number}")
    eventually(lambda: grace.sent[-1]["rows"] and grace.sent[-1]["rows"][-1][3] == "line 19")
    numbers = [number for message in grace.sent for number, *_ in message["rows"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_clicks_do_what_a_hand_does(trio, eventually):
    ada, grace, linus = trio
    ada.click(do="enter", text="by hand")
    wait_for("[ada] by hand", grace, linus)
    ada.click(do="leave")
    wait_for("* ada has left the room", grace)
    eventually(lambda: ada.sent[-1]["status"] == "left")
    ada.click(do="join")
    eventually(lambda: ada.sent[-1]["status"] == "joined")
    assert ada.sent[-1]["others"] == ["grace", "linus"]


@pytest.mark.parametrize("message", [{}, {"do": "dance"}, {"do": "enter"}, {"do": ["join"]}, {"do": None}])
def test_a_click_that_means_nothing_does_no_harm(trio, message):
    ada, grace, _linus = trio
    ada.click(**message)
    ada.click(do="enter", text="by hand")
    wait_for("[ada] by hand", grace)


def test_a_flooded_pane_tells_its_views_at_most_500_rows_at_a_time_and_keeps_500(server, sit, talk, replay):
    ada = sit(server, "ada")
    flood = talk(server, "flood")
    flood.says(*(f"line {number}" for number in range(10_000)))
    wait_for("[flood] line 9999", ada)
    assert max(len(message["rows"]) for message in ada.sent) <= 500
    assert [row[3] for row in replay(ada)["rows"]] == [f"line {number}" for number in range(9500, 10_000)]


# What is saved with a notebook


def test_nothing_that_anybody_said_is_saved_with_a_notebook(trio):
    ada, grace, _linus = trio
    for payload in PAYLOADS:
        ada.say(payload)
        wait_for(f"[ada] {payload}", grace)
    state = json.dumps(grace.get_state())
    assert [payload for payload in PAYLOADS if json.dumps(payload)[1:-1] in state] == []
    assert "</script" not in state
    assert "grace" not in state


def test_as_text_a_pane_is_always_the_same(trio):
    ada, grace, linus = trio
    assert repr(ada) == "ChatPane(ada)"
    assert repr(side_by_side(ada, grace, linus)) == "ada | grace | linus"
    data, _metadata = ada._repr_mimebundle_()
    assert data["text/plain"] == "ChatPane(ada)"


def test_the_card_shows_the_commands_live_and_no_address_in_a_saved_notebook():
    card = how_to_join("127.0.0.1", 4711)
    assert "nc 127.0.0.1 4711\npython3 -m chatkit join 127.0.0.1 4711" in card.value
    assert "4711" not in repr(card)
    assert "<b>" not in how_to_join("<b>", 1).value


# The end


def test_an_interpreter_that_ends_with_panes_open_ends():
    script = (
        "from chatkit.lab import open_room\n"
        "from chatkit.panes import ChatPane\n"
        "panes = [ChatPane(*open_room(name).address, 'ada') for name in ('one', 'two')]\n"
        "print(*panes)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ChatPane(ada) ChatPane(ada)\n", "")


def test_joining_twice_at_once_is_joining_once(server, sit, eventually):
    ada = sit(server, "ada")
    ada.leave()
    for _ in range(3):
        ada.click(do="join")
    eventually(lambda: ada.sent[-1]["status"] == "joined")
    ada.enter("/who")
    wait_for("! here now: ada", ada)
    assert "in use" not in ada.text
