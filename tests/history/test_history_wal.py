"""Power cuts, simulated: whatever becomes of the journal, the history is an intact prefix."""

import random
import shutil

import pytest

from chatkit.history import Archive, HistoryError
from chatkit.history.schema import open_to_write
from chatkit.history.store import Store

FRAME = 24 + 4096  # bytes of SQLite's journal: a page and its header
CHANCE = random.Random(39)


@pytest.fixture
def torn(remember, path, tmp_path_factory):
    """A function from a journal's bytes to the lines that are left; the journal; the rounds."""
    history = remember()
    rounds = [
        [(f"n{n}", f"{n} {i} " + "x" * CHANCE.randrange(300)) for i in range(n % 7 + 1)] for n in range(60)
    ]
    for number, said in enumerate(rounds):
        history.record(said)
        if number == 20:
            history._store.scrub()  # what was said so far is in the database, the rest in the journal
    folder = tmp_path_factory.mktemp("torn")
    copy = folder / "chat.db"
    journal = path.with_name("chat.db-wal").read_bytes()

    def _torn(new):
        for old in folder.iterdir():
            old.unlink()
        shutil.copy(path, copy)
        copy.with_name("chat.db-wal").write_bytes(new)
        with Archive(copy) as archive:
            seen = [(line.name, line.text) for line in archive.lines()]
        store = Store(db := open_to_write(copy, False))  # the next server finds the same, and can go on
        store.add(1, [("after", "wards")])
        assert [line[1:] for line in store.last(1 << 20)] == [*seen, ("after", "wards")]
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()
        return seen

    return _torn, journal, rounds


def is_prefix(seen, rounds):
    """Whether these lines are the first rounds, each whole, and not fewer than the database itself holds."""
    whole = [[line for said in rounds[:n] for line in said] for n in range(21, len(rounds) + 1)]
    return seen in whole


@pytest.mark.fault(39)
def test_a_journal_that_is_whole_loses_nothing(torn):
    tear, journal, rounds = torn
    assert tear(journal) == [line for said in rounds for line in said]


@pytest.mark.fault(39)
def test_a_journal_cut_anywhere_leaves_a_prefix(torn):
    tear, journal, rounds = torn
    edges = [32 + FRAME * n + d for n in range(len(journal) // FRAME) for d in (-1, 0, 1)]
    places = [0, 1, 31, *CHANCE.sample(edges, 80), *(CHANCE.randrange(len(journal)) for _ in range(60))]
    left = {place: tear(journal[:place]) for place in places}
    assert not [place for place, seen in left.items() if not is_prefix(seen, rounds)]
    assert len({len(seen) for seen in left.values()}) > 20  # all kinds of prefixes were met


@pytest.mark.fault(39)
def test_a_journal_with_a_flipped_bit_leaves_a_prefix(torn):
    tear, journal, rounds = torn
    bad = []
    for place in [*range(0, 56, 4), *(CHANCE.randrange(len(journal)) for _ in range(120))]:
        flipped = bytearray(journal)
        flipped[place] ^= 1 << CHANCE.randrange(8)
        try:
            seen = tear(bytes(flipped))
        except HistoryError:  # only told of where it is not a journal of any SQLite
            assert place < 32
            continue
        bad += [] if is_prefix(seen, rounds) else [place]
    assert not bad
