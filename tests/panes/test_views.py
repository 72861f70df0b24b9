"""What panes tell their views, what is saved of them with a notebook, and how they end."""

import json
import subprocess
import sys

import pytest
from talker import PATIENCE

from chatkit.lab import wait_for
from chatkit.panes import how_to_join, side_by_side

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "&lt;b&gt; & \" ' `${alert(1)}`",
    "[ada] <iframe srcdoc='<script>alert(1)</script>'>",
]


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
    eventually(lambda: ada.sent[-1]["status"] == "joined")
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


@pytest.mark.fault(44)
def test_a_flooded_pane_tells_its_views_at_most_500_rows_at_a_time_and_keeps_500(server, sit, talk, replay):
    ada = sit(server, "ada")
    flood = talk(server, "flood")
    flood.says(*(f"line {number}" for number in range(10_000)))
    wait_for("[flood] line 9999", ada)
    assert max(len(message["rows"]) for message in ada.sent) <= 500
    assert [row[3] for row in replay(ada)["rows"]] == [f"line {number}" for number in range(9500, 10_000)]


# What is saved with a notebook


@pytest.mark.fault(17)
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


@pytest.mark.fault(34)
def test_an_interpreter_that_ends_with_panes_open_ends():
    script = (
        "from chatkit.lab import open_room\n"
        "from chatkit.panes import ChatPane\n"
        "panes = [ChatPane(*open_room(name=name).address, 'ada') for name in ('one', 'two')]\n"
        "print(*panes)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE)
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
