"""From one room to the next: nothing of the one is shown in the other."""

from datetime import datetime

from talker import Talker, eventually, free_port

from chatkit import ChatServer
from chatkit.history import History
from chatkit.terminal.places import Place
from chatkit.terminal.visit import Visit


def test_what_was_not_shown_yet_stays_behind_and_so_does_what_the_room_said_of_itself(tmp_path):
    with ChatServer(port=0, history=History(tmp_path / "chat.db")) as first, ChatServer(port=0) as second:
        visit = Visit(Place(*first.address, "ada"), False, lambda: None, datetime.now, None)
        visit.join(visit.place)
        eventually(lambda: first.names == ("ada",))
        grace = Talker(first.address, "grace")
        eventually(lambda: visit.take() and visit.news.recorded)
        grace.says("a word of the first room")
        grace.says("/quit")
        grace.hears_all()
        eventually(lambda: "grace" not in visit.others)
        visit.move(Place(*second.address, "ada"), False)
        shown = []
        eventually(lambda: shown.extend(visit.take()[1]) or any("nobody else" in str(each) for each in shown))
        assert not any("first room" in str(each) or "grace" in str(each) for each in shown)
        assert visit.news.recorded is None
        visit.session.close()
        grace.socket.close()


def test_what_the_old_room_still_reads_is_not_told_as_unsent():
    with ChatServer(port=0) as first, ChatServer(port=0) as second:
        visit = Visit(Place(*first.address, "ada"), False, lambda: None, datetime.now, None)
        visit.join(visit.place)
        eventually(lambda: visit.is_here)
        grace = Talker(first.address, "grace")
        words = [f"word {number}" for number in range(200)]
        for word in words:
            visit.enter(word)
        left = visit.session
        visit.move(Place(*second.address, "ada"), False)
        grace.hears(*(f"[ada] {word}" for word in words))
        left.close()
        visit.session.close()
        assert visit.unsent == []
        grace.leaves()


def test_what_was_typed_where_nobody_answers_is_told_as_unsent():
    with ChatServer(port=0) as second:
        visit = Visit(Place("127.0.0.1", free_port(), "ada"), False, lambda: None, datetime.now, None)
        visit.join(visit.place)
        visit.enter("a word for nobody")
        visit.move(Place(*second.address, "ada"), False)
        eventually(lambda: visit.is_here)
        visit.session.close()
        assert visit.unsent == ["a word for nobody"]
