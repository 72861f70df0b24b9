"""Scenes for the diagram's tests: a log that is written as a wire would write it, by a clock that we turn."""

from chatkit.lab.events import EventLog, Kind, Way

THREE = ("ada", "grace", "linus")


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


class Scene:
    """Write a log: who sends what, who connects, who leaves and how."""

    def __init__(self, *people):
        self.clock = Clock()
        self.log = EventLog(self.clock)
        self.here = []
        for person in people:
            self.joins(person)

    @property
    def events(self):
        return self.log.events

    def wait(self, seconds):
        self.clock.time += seconds

    def says(self, person, data, way=Way.TO_SERVER, kind=Kind.BYTES, takes=0.001, fate="arrives"):
        number = self.log.sent(kind, person, way, data)
        self.wait(takes)
        if fate == "arrives":
            self.log.arrived(number)
        elif fate == "is lost":
            self.log.lost(number)
        return number

    def hears(self, person, data, **options):
        return self.says(person, data, Way.TO_CLIENT, **options)

    def joins(self, person):
        self.log.happened(Kind.CONNECTED, person)
        self.wait(0.001)
        self.hears(person, b"Welcome to chatkit! What shall I call you?\n")
        self.says(person, person.encode() + b"\n")
        self.hears(person, f"* The room contains: {', '.join(self.here)}\n".encode())
        self.tell(f"* {person} has entered the room\n")
        self.here.append(person)

    def tell(self, line, but=""):
        for person in self.here:
            if person != but:
                self.hears(person, line.encode())

    def talk(self, person, words):
        """Somebody says a line, and everybody else hears it."""
        self.says(person, f"{words}\n".encode())
        self.tell(f"[{person}] {words}\n", but=person)

    def leaves(self, person):
        self.says(person, b"", kind=Kind.FIN)
        self.hears(person, b"", kind=Kind.FIN)
        self.here.remove(person)
        self.tell(f"* {person} has left the room\n")

    def note(self, person, words):
        self.log.happened(Kind.NOTE, person, words=words)
        self.wait(0.001)


def chat():
    """Three people join and talk; one leaves, and comes again."""
    scene = Scene(*THREE)
    scene.wait(1.4)
    scene.talk("ada", "Hello, room!")
    scene.wait(2.0)
    scene.talk("grace", "Hi ada! How many sockets is that?")
    scene.wait(3.1)
    scene.leaves("linus")
    scene.wait(0.6)
    scene.joins("linus")
    return scene


def glued_and_cut():
    """TCP glues three lines into one chunk, and cuts one line into three."""
    scene = Scene()
    scene.here = list(THREE)
    scene.note("ada", "three quick sends: glued")
    scene.says("ada", b"one\ntwo\nthree\n")
    scene.tell("[ada] one\n[ada] two\n[ada] three\n", but="ada")
    scene.wait(1)
    scene.note("grace", "one line, cut into pieces")
    for piece in (b"Hel", b"lo, r", b"oom!\n"):
        scene.says("grace", piece)
        scene.wait(0.3)
    scene.tell("[grace] Hello, room!\n", but="grace")
    scene.says("linus", b"one more\nand a half")
    scene.tell("[linus] one more\n", but="linus")
    scene.says("linus", b" line\nlast")
    scene.tell("[linus] and a half line\n", but="linus")
    return scene


def dead_peer():
    """A polite goodbye; the server goes on writing to who has left, and is told so by a reset."""
    scene = Scene()
    scene.here = list(THREE)
    scene.talk("ada", "1")
    scene.wait(1)
    scene.says("linus", b"", kind=Kind.FIN)
    scene.note("", "the server reads b'' and does not notice")
    scene.wait(1)
    scene.talk("ada", "2")
    scene.says("linus", b"", kind=Kind.RST)
    scene.note("linus", "nobody lives here any more")
    scene.wait(1)
    scene.says("ada", b"3\n")
    scene.hears("grace", b"[ada] 3\n")
    scene.hears("ada", b"", kind=Kind.RST)
    return scene


def held_and_lost():
    """A frozen reader, a slow wire, a silent one, and what is lost on it."""
    scene = Scene()
    scene.here = list(THREE)
    scene.note("grace", "frozen: what is for her waits in the wire")
    scene.says("ada", b"are you there?\n")
    scene.hears("linus", b"[ada] are you there?\n")
    first = scene.hears("grace", b"[ada] are you there?\n", fate="waits")
    scene.wait(1)
    scene.says("linus", b"grace?\n")
    scene.hears("ada", b"[linus] grace?\n")
    scene.hears("grace", b"[linus] grace?\n", fate="waits")
    scene.wait(1.7)
    scene.log.arrived(first)
    scene.wait(0.01)
    slow = scene.says("ada", b"slow\n", fate="waits")
    scene.wait(0.8)
    scene.log.arrived(slow)
    scene.tell("[ada] slow\n", but="ada")
    scene.log.happened(Kind.SILENCE, "linus")
    scene.wait(0.1)
    scene.says("linus", b"does anybody hear me?\n", fate="is lost")
    scene.says("ada", b"linus?\n")
    scene.hears("linus", b"[ada] linus?\n", fate="is lost")
    scene.says("linus", b"", kind=Kind.FIN, fate="is lost")
    scene.hears("linus", b"", kind=Kind.FIN, fate="waits")
    scene.hears("linus", b"", kind=Kind.RST, fate="is lost")
    return scene


def long_talk(turns=24, people=THREE):
    """Enough talk to fill a picture."""
    scene = Scene(*people)
    for turn in range(turns):
        scene.talk(people[turn % len(people)], f"line {turn} of a long talk")
        scene.wait(0.4)
    return scene


def hostile():
    """Markup, control characters, reading directions, towers, bytes that are no UTF-8."""
    nasty = '<img src=x onerror=alert(1)>"&'
    scene = Scene()
    scene.here = [nasty, "ada"]
    scene.says(nasty, b"</svg><script>alert(1)</script>\n")
    scene.says("ada", b"\xff\xfe\x00\x1b[31m \\n is no newline\r\n")
    scene.says("ada", "שלום עולם \u202e evil\n".encode())
    scene.says("ada", ("Z" + "\u0301" * 40 + "algo 你好，世界 🎉\n").encode())
    scene.says("ada", b"x" * 9000)
    scene.says("ada", b"\n" * 30)
    scene.note("ada", "]]> <b>bold</b> & a very long note that goes on and on and on, " * 5)
    return scene
