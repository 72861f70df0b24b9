"""Who is recorded, and in which words people are told."""

import pytest

from chatkit.consent import Consent, forgotten, is_told


@pytest.mark.parametrize("asks", [False, True])
def test_who_has_not_chosen_is_recorded_unless_the_room_asks(asks):
    assert Consent(asks).is_recorded("ada") is not asks


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("choice", [False, True])
def test_a_choice_holds_for_the_name_in_any_capitals(asks, choice):
    consent = Consent(asks, {"ada": not choice})
    consent.choose("Ada", choice)
    assert [consent.is_recorded(name) for name in ("ada", "ADA")] == [choice, choice]
    assert consent.is_recorded("grace") is not asks


@pytest.mark.parametrize("asks", [False, True])
def test_one_choice_too_many_holds_as_long_as_who_made_it_is_here(asks, monkeypatch):
    monkeypatch.setattr("chatkit.consent.MOST", 2)
    consent = Consent(asks)
    assert [consent.choose(name, asks) for name in ("ada", "grace", "linus")] == [True, True, False]
    assert consent.is_recorded("Linus") is asks
    assert is_told(consent.status("linus")) is asks
    for name in ("ada", "grace", "linus"):
        consent.leave(name)
    assert [consent.is_recorded(name) for name in ("ada", "grace", "linus")] == [asks, asks, not asks]
    assert consent.choose("ADA", not asks)  # no more names than before


def test_who_is_not_recorded_while_here_is_told_so(monkeypatch):
    monkeypatch.setattr("chatkit.consent.MOST", 0)
    consent = Consent()
    consent.choose("ada", False)
    assert "it ends when you leave" in consent.status("ada")


def test_what_it_was_given_is_not_changed():
    given = {"ada": False}
    Consent(choices=given).choose("ada", True)
    assert given == {"ada": False}


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("choices", [{}, {"ada": True}, {"ada": False}])
def test_everybody_is_told_what_is_so_and_how_to_change_it(asks, choices):
    consent = Consent(asks, choices)
    sentence = consent.status("ada")
    assert is_told(sentence) is consent.is_recorded("ada")
    assert sentence.startswith("this room remembers")
    assert ("/record off" if consent.is_recorded("ada") else "/record on") in sentence


@pytest.mark.parametrize(
    "text", ["", "here now: ada", "history paused: the disk is full", "this room remembers"]
)
def test_other_replies_tell_nothing_of_it(text):
    assert is_told(text) is None


def test_how_forgetting_is_answered():
    assert forgotten(0) == "0 lines of yours removed for good"
    assert forgotten(1) == "1 line of yours removed for good"
    assert "as soon as that can be done" in forgotten(None)
