"""Little that is said may be much to hear: a letter, after a long name. It costs nobody who reads a seat."""

import pytest

from chatkit import Limits

OUTBOX = 1 << 20


@pytest.fixture
def rounds(monkeypatch):
    """`rounds(server)` is a list of how many bytes were said in each round from here on."""

    def _rounds(server):
        said, one_round = [], server._round

        def counted():
            begin = server._everybody.end
            one_round()
            said.append(server._everybody.end - begin)

        monkeypatch.setattr(server, "_round", counted)
        return said

    return _rounds


@pytest.mark.fault(6, 22)
def test_a_round_says_no_more_than_half_of_what_may_wait_for_somebody(
    serve, gather, hold, rounds, eventually
):
    server = serve(limits=Limits(outbox=OUTBOX, stall_time=600))
    grace, *crowd = gather(server, "grace", *(f"flooder{number}".ljust(24, "x") for number in range(14)))
    for flooder in crowd:
        flooder.says("now I may have a whole turn")
    grace.hears_until(*[f"[{flooder.name}] now I may have a whole turn" for flooder in crowd[-1:]])
    said = rounds(server)
    with hold(server, grace):
        for flooder in crowd:
            flooder.says(*"a" * 20_000)
    eventually(lambda: sum(said) > OUTBOX)
    assert max(said) <= OUTBOX // 2


@pytest.mark.fault(22)
def test_what_was_left_for_the_next_round_is_heard_in_order(serve, gather, hold):
    server = serve(limits=Limits(outbox=1 << 17, stall_time=600))
    grace, *crowd = gather(server, "grace", *(f"flooder{number}".ljust(24, "x") for number in range(9)))
    for _ in range(5):
        with hold(server, grace):
            for flooder in crowd:
                flooder.says(*map(str, range(100)))
        heard = [grace.hears_a_line() for _ in range(900)]
        for flooder in crowd:
            mark = f"[{flooder.name}] "
            own = [line.removeprefix(mark) for line in heard if line.startswith(mark)]
            assert own == [*map(str, range(100))]


@pytest.mark.fault(2, 7, 22)
def test_last_words_that_wait_behind_a_flood_are_heard_although_their_speaker_is_reset(
    serve, gather, hold, talk
):
    server = serve(limits=Limits(outbox=1 << 17, stall_time=600))
    grace, *crowd = gather(server, "grace", *(f"flooder{number}".ljust(24, "x") for number in range(9)))
    linus = talk(server, "linus")
    with hold(server, grace):
        for flooder in crowd:
            flooder.says(*"a" * 1000)
        linus.says("my last words")
        linus.resets()
    assert "[linus] my last words" in grace.hears_until("* linus has left the room (connection lost)")


@pytest.mark.fault(6)
@pytest.mark.parametrize(("replay", "length"), [(40, 4000), (20, 12)])
def test_a_long_memory_keeps_no_newcomer_out(serve, talk, tmp_path, replay, length):
    from chatkit.history import History

    history = History(tmp_path / "chat.db", replay=replay)
    server = serve(history=history, limits=Limits(outbox=1 << 16))
    ada = talk(server, "ada")
    ada.says(*(f"{number} {'x' * length}" for number in range(replay)))
    ada.says("/who")
    ada.hears_until("! here now: ada")
    grace = talk(server, "grace")
    grace.says("/who")
    remembered = [line for line in grace.hears_until("! here now: ada, grace") if line.startswith("~")]
    fits = min(replay, (1 << 14) // (length + 40))
    numbers = [int(line.split()[3]) for line in remembered]
    assert numbers == [*range(replay - len(numbers), replay)]
    assert len(numbers) >= fits - 1
