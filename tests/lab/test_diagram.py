"""The diagram: what a reader must be able to see in it, and that nothing from the wire acts in it."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import THREE, Scene, chat, dead_peer, glued_and_cut, held_and_lost, hostile, long_talk

import chatkit.panes
from chatkit.lab.diagram import Diagram, diagram
from chatkit.lab.diagram.theme import DARK, LIGHT, colour_of, colours_of
from chatkit.lab.events import Event, Kind, Way

OURS = {"svg", "title", "desc", "style", "rect", "line", "path", "text"}
NASTY = ["", "</svg>", "]]>", "\ud800", "\u202e", "&<\"'", "\x00", "\ufffe", "\u2028"]
TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(NASTY)
MOMENTS = st.none() | st.floats(0, 5)
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(1, 99),
        st.sampled_from(Kind),
        TEXTS,
        st.sampled_from(Way),
        st.floats(0, 5),
        MOMENTS,
        st.binary(max_size=60) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.integers(0, 9000),
        st.booleans(),
        TEXTS,
    ),
    max_size=12,
)


def parse(picture):
    """The picture's elements; it must be well-formed, as a browser's XML reader and as bytes."""
    return ElementTree.fromstring(picture.svg.encode("utf-8"))


def tags(picture):
    return [element.tag.split("}")[1] for element in parse(picture).iter()]


def words(picture):
    """All words that are drawn, in order."""
    found = (element.text for element in parse(picture).iter() if element.tag.endswith("}text"))
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in found]


def text_of(scene, **options):
    return diagram(scene.events, THREE, **options).text.splitlines()


# What is said


def test_a_line_goes_to_the_server_and_from_there_to_the_others():
    scene = Scene()
    scene.here = list(THREE)
    scene.talk("ada", "hello")
    assert text_of(scene) == [
        r"ada    → server  [hello\n]",
        r"server → grace   [[ada] hello\n]",
        r"server → linus   [[ada] hello\n]",
    ]


def test_glued_lines_and_torn_lines_are_seen():
    picture = diagram(glued_and_cut().events)
    assert r"ada    → server  [one\n][two\n][three\n]  (3 lines in one chunk)" in picture.text
    pieces = [r"[Hel  (a line begins)", r"lo, r  (the line goes on)", r"oom!\n]  (the end of a line)"]
    assert [line.split("server  ")[1] for line in picture.text.splitlines() if "grace  →" in line] == pieces
    assert {"Hel", "lo, r", "oom!", "a line begins", "3 lines in one chunk"} <= set(words(picture))


def test_a_torn_box_has_a_torn_edge():
    """Two corners more on each side that is torn, so that it is seen without colours or words."""
    scene = Scene()
    for data in (b"whole\n", b"be", b"tw", b"en\n"):
        scene.says("ada", data)
    boxes = re.findall(r'class="box p\d" d="([^"]*)"', diagram(scene.events).svg)
    assert [box.count("L") + 1 for box in boxes] == [4, 7, 10, 7]


def test_each_ending_has_words_of_its_own():
    said = "\n".join(text_of(dead_peer()))
    assert "linus  → server  FIN (no more from linus)" in said
    assert "linus  → server  RST (cut off by linus)" in said
    assert "server → ada     RST (cut off by the server)" in said
    assert "server           note: the server reads b'' and does not notice" in said


def test_what_is_held_lost_late_or_silent_says_so():
    said = text_of(held_and_lost())
    assert r"server → grace   [[ada] are you there?\n]  (held)" in said
    assert r"server → grace   [[ada] are you there?\n]  (arrives now)" in said
    assert r"linus  → server  [does anybody hear me?\n]  (lost)" in said
    assert "linus  ⊘ server  silence (from here nothing passes, and nobody is told)" in said
    assert {"held", "lost", "now"} <= set(words(diagram(held_and_lost().events)))


def test_what_arrives_late_stands_before_what_it_causes():
    said = text_of(held_and_lost())
    cause, effect = r"ada    → server  [slow\n]  (arrives now)", r"server → grace   [[ada] slow\n]"
    assert said.index(cause) < said.index(effect)


def test_slices_that_follow_one_another_are_not_late():
    """A wire reads a line at once, and passes its bytes on one by one: the last one arrives much later."""
    scene = Scene()
    numbers = [scene.says("ada", b"x", takes=0, fate="waits") for _ in range(80)]
    for number in numbers:
        scene.wait(0.005)
        scene.log.arrived(number)
    assert {line.split("server  ")[1] for line in diagram(scene.events, last=79).text.splitlines()[1:]} == {
        "x  (the line goes on)"
    }


def test_a_slice_that_a_busy_machine_keeps_for_a_moment_is_not_held():
    scene = Scene()
    numbers = [scene.says("ada", data, takes=0, fate="waits") for data in (b"h", b"i", b"\n")]
    for number in numbers:
        scene.log.arrived(number)
        scene.wait(1 + 5)  # its pause, and five seconds in which its wire's thread gets no core
    assert [line.split("(")[1] for line in diagram(scene.events).text.splitlines()] == [
        "a line begins)",
        "the line goes on)",
        "the end of a line)",
    ]


def test_what_follows_a_whole_line_is_held_if_it_waits():
    scene = Scene()
    first, second = (scene.says("ada", data, takes=0, fate="waits") for data in (b"one\n", b"two\n"))
    scene.log.arrived(first)
    scene.wait(0.6)
    scene.log.arrived(second)
    assert r"two\n]  (arrives now)" in diagram(scene.events).text


def test_only_the_last_are_shown_and_the_picture_says_how_many_are_not():
    scene = long_talk()
    picture = diagram(scene.events, THREE)
    hidden = f"{len(scene.events) - 60} earlier events are not shown"
    assert picture.text.splitlines()[0] == hidden
    assert hidden in words(picture)
    assert len(picture.text.splitlines()) == 61


def test_a_line_torn_by_the_fold_is_still_torn():
    scene = Scene()
    scene.says("ada", b"half a ")
    scene.says("ada", b"line\n")
    assert r"line\n]  (the end of a line)" in diagram(scene.events, last=1).text


def test_bytes_that_were_not_kept_are_counted():
    scene = Scene()
    scene.says("ada", b"x" * 5000)
    assert "… 5,000 bytes" in diagram(scene.events).text


def test_a_flood_of_lines_is_counted():
    scene = Scene()
    scene.says("ada", b"\n" * 4000)
    picture = diagram(scene.events)
    assert "(4000 lines in one chunk)" in picture.text
    assert len(picture.svg) < 12_000


def test_nothing_yet_is_said_too():
    assert diagram([]).text == diagram([], THREE).text == "nothing has happened yet"
    assert {"ada", "nothing has happened yet"} <= set(words(diagram([], THREE)))


def test_a_title_stands_above():
    picture = diagram(chat().events, title="Who left?")
    assert picture.text.startswith("Who left?\n")
    assert words(picture)[0] == "Who left?"


# The same on every run


def test_without_times_there_is_no_time_in_it():
    slow, quick = chat(), Scene()
    quick.wait = lambda seconds: setattr(quick.clock, "time", quick.clock.time + seconds / 7)
    for person in THREE:
        quick.joins(person)
    quick.wait(3)
    quick.talk("ada", "Hello, room!")
    few = slow.events[: len(quick.events)]
    assert diagram(few) == diagram(quick.events)


def test_with_times_there_are_seconds_and_folded_gaps():
    picture = diagram(chat().events, times=True)
    assert "    1.41 s  ada    → server  [Hello, room!\\n]" in picture.text
    assert {"1.41 s", "1.4 seconds later"} <= set(words(picture))


def test_a_log_that_began_long_ago_begins_at_nought():
    scene = Scene()
    scene.wait(1000)
    scene.says("ada", b"at last\n")
    assert diagram(scene.events, times=True).text.startswith("    0.00 s")


# Lines down the page


def lives(scene, person):
    """How a person's line is drawn, from above."""
    picture = diagram(scene.events, [person])
    lines = [element.attrib for element in parse(picture).iter() if element.tag.endswith("}line")]
    upright = [line for line in lines if line["x1"] == line["x2"] == "52"]
    return [line["class"].split()[-1] for line in upright]


def test_a_line_begins_with_the_connection_and_ends_with_it():
    scene = Scene("ada")
    scene.says("ada", b"", kind=Kind.FIN)
    scene.hears("ada", b"", kind=Kind.FIN)
    scene.wait(1)
    scene.joins("ada")
    assert lives(scene, "ada") == ["unknown", "open", "half", "open"]


def test_a_reset_ends_it_at_once_and_silence_does_not():
    scene = Scene()
    scene.says("ada", b"hello\n")
    scene.log.happened(Kind.SILENCE, "ada")
    scene.says("ada", b"", kind=Kind.RST)
    assert lives(scene, "ada") == ["open", "silent"]


# Nothing acts


@pytest.mark.parametrize("scene", [chat, glued_and_cut, dead_peer, held_and_lost, hostile, long_talk])
@pytest.mark.parametrize("times", [False, True])
def test_every_scene_is_well_formed_and_made_of_our_elements(scene, times):
    assert set(tags(diagram(scene().events, times=times))) <= OURS


@pytest.mark.fault(17)
@given(EVENTS, st.lists(TEXTS, max_size=9), TEXTS, st.booleans(), st.integers(-1, 20), TEXTS)
def test_nothing_from_the_wire_acts(events, people, server, times, last, title):
    picture = diagram(events, people, server=server, times=times, last=last, title=title)
    assert set(tags(picture)) <= OURS
    assert tags(picture).count("style") == 1
    assert all(not name.startswith("on") for element in parse(picture).iter() for name in element.attrib)
    assert all(letter.isprintable() or letter in "\n\u2068\u2069" for letter in picture.text)


def test_words_from_right_to_left_turn_nothing_round():
    said = diagram(hostile().events).text
    assert "[\u2068שלום עולם \\u202e evil\u2069\\n]" in said


def test_a_tower_of_accents_stays_low():
    assert "\u0301" * 3 not in diagram(hostile().events).svg


# How it looks


def test_it_touches_nothing_else_on_the_page():
    style = next(element.text for element in parse(diagram([])).iter() if element.tag.endswith("}style"))
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@]+?)\s*{", re.sub(r"@media[^{]*{", "", style))
    assert selectors
    assert all(".ck-diagram" in selector for selector in selectors)
    assert not re.search(r"url\(|@import|https?:", style)
    assert ' id="' not in diagram(chat().events).svg


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read(theme):
    pairs = [(word, ground) for word in ("words", "quiet") for ground in ("back", "soft", "note")]
    pairs += [(str(person), "back") for person in range(6)]
    for word, ground in pairs:
        bright, dark = sorted((luminance(theme[word]), luminance(theme[ground])), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, (word, ground)


def test_people_have_the_colours_that_they_have_in_the_panes():
    css = "".join(path.read_text() for path in sorted(Path(chatkit.panes.__file__).parent.glob("*.css")))
    found = re.findall(r"--ck-(\d): (#[0-9a-f]{6})", css)
    assert found == [(str(n), theme[str(n)]) for theme in (LIGHT, DARK) for n in range(6)]
    assert [colour_of(name) for name in ("ada", "Ada", "grace", "")] == [0, 0, 4, 0]


def test_who_are_there_have_colours_that_differ_while_there_are_enough():
    names = ["maria", "ada", "grace", "linus", "nina", "ida"]
    given = colours_of(names)
    assert sorted(given.values()) == list(range(6))
    assert given["ada"] == colour_of("ada") == colour_of("maria")  # who comes first by name keeps it
    assert set(colours_of([*names, "zoe"]).values()) == set(range(6))
    scene = Scene()
    scene.here = ["ada", "maria"]
    scene.talk("ada", "hello")
    scene.talk("maria", "hello")
    assert len(set(re.findall(r'class="box (p\d)"', diagram(scene.events).svg))) == 2


@pytest.mark.parametrize("count", [1, 3, 8])
def test_it_is_as_wide_as_a_page_for_one_and_for_eight(count):
    people = tuple(f"person{number}" for number in range(count))
    width = int(parse(diagram(long_talk(3, people).events, people)).attrib["width"])
    assert 720 <= width <= 900


# As a notebook's output


def test_a_notebook_is_given_the_picture_and_the_words(tmp_path):
    picture = diagram(chat().events)
    given = picture._repr_mimebundle_()
    assert given["text/plain"] == picture.text
    root = ElementTree.fromstring(given["image/svg+xml"]).attrib
    assert not {"width", "height"} & set(root)  # so that it fits where there is less room
    assert root["style"] == "max-width:800px"
    assert given["image/svg+xml"].partition(">")[2] == picture.svg.partition(">")[2]
    assert str(picture) == picture.text
    assert repr(picture) == repr(Diagram("", ""))
    picture.save(tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == picture.svg


def test_the_words_are_in_the_picture_for_who_cannot_see_it():
    picture = diagram(chat().events)
    root = parse(picture)
    assert root.attrib["role"] == "img"
    title, desc = list(root)[:2]
    assert title.text == "31 events between ada, grace, linus and the server"
    assert desc.text == picture.text
