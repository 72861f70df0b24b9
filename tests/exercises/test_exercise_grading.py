"""Whatever an answer does, it ends in one clear sentence, in seconds, and nothing of it lives on."""

import json
import os
import subprocess
import sys
import time

import pytest
from talker import PATIENCE
from within import within

from chatkit.check.process import is_listening
from chatkit.exercises import NoSuchExercise, exercise, grade, grading
from chatkit.exercises.grading import GONE, HUNG

READER = "class LineReader:\n    def feed(self, chunk):\n        "

ENDINGS = {
    "endless_loop": ("while True:\n    pass\n", HUNG),
    "endless_loop_inside": (READER + "while True:\n            pass\n", HUNG),
    "waits_for_ever": (
        "import socket\nlistener = socket.create_server(('127.0.0.1', 0))\nlistener.accept()\n",
        HUNG,
    ),
    "syntax_error": ("def feed(chunk)\n    return []\n", "Line 1 is not Python yet: expected ':'."),
    "indentation": (
        "class LineReader:\ndef feed(self): pass\n",
        "Line 2 is not Python yet: expected an indented block after class definition on line 1.",
    ),
    "null_byte": ("x = 1\0\n", "Line 1 is not Python yet: source code string cannot contain null bytes."),
    "nothing": ("", "There is no class called LineReader in your answer."),
    "misspelt_class": ("class LineReeder: pass\n", "You wrote LineReeder; it must be called LineReader."),
    "misspelt_method": (
        "class LineReader:\n    def fed(self, chunk): return []\n",
        "You wrote fed; it must be called feed.",
    ),
    "no_method": ("class LineReader: pass\n", "LineReader has no method called feed."),
    "not_a_class": ("LineReader = 5\n", "LineReader must be a class, made with `class LineReader:`."),
    "no_self": (
        "class LineReader:\n    def feed(chunk): return []\n",
        "Calling your code raised TypeError: LineReader.feed() takes 1 positional argument but 2 were given"
        " (is self missing, or another argument?).",
    ),
    "no_return": (READER + "pass\n", "feed returned nothing: is the return missing?"),
    "returns_bytes": (READER + "return chunk\n", "feed must return a list of lines, not a bytes."),
    "yields": (READER + "yield chunk\n", "feed must return a list of lines, not a generator."),
    "returns_text": (
        READER + "return chunk.decode().splitlines()\n",
        "Lines must stay bytes: a letter may be cut in two, so decode later.",
    ),
    "exception": (
        READER + "return [][0]\n",
        "Your code raised IndexError (feed, line 3): list index out of range.",
    ),
    "unknown_name": (
        "from_earlier_cell()\n",
        "Python knows no `from_earlier_cell` (line 1): an answer is a file of its own, so it imports or"
        " defines all that it uses.",
    ),
    "no_self_before_it": (
        "class LineReader:\n    tail = b''\n    def feed(self, chunk):\n        return tail.split()\n",
        "`tail` belongs to the class: write `self.tail`.",
    ),
    "no_self_before_its_own": (
        "class LineReader:\n    def __init__(self): self.tail = b''\n"
        "    def feed(self, chunk): return [tail]\n",
        "`tail` belongs to the object: write `self.tail`.",
    ),
    "unknown_module": ("import numpyy\n", "There is no module `numpyy` to import (line 1)."),
    "exit": ("exit(3)\n", "Your code wants to end the whole program (line 1): take the exit out."),
    "exit_inside": (
        READER + "raise SystemExit\n",
        "Your code wants to end the whole program (feed, line 3): take the exit out.",
    ),
    "input": ("name = input()\n", "Your code asks for input (line 1), and nobody is there to type it."),
    "kills_itself": ("import os\nos.kill(os.getpid(), 9)\n", GONE),
    "kills_its_group": ("import os\nos.killpg(0, 9)\n", GONE),
    "ends_at_once": (READER + "import os; os._exit(0)\n", GONE),
    "closes_everything": ("import os\nos.closerange(0, 1000)\nwhile True: pass\n", GONE),
    "raises_oddly": (
        "raise KeyboardInterrupt\n",
        "Your code raised KeyboardInterrupt (line 1): it says no more.",
    ),
    "recursion": (
        READER + "return self.feed(chunk)\n",
        "Your code raised RecursionError (feed, line 3): maximum recursion depth exceeded.",
    ),
}  # fmt: skip

LINUX_ENDINGS = {
    "thread_bomb": (
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(600,)).start()\n",
        "Your code starts threads without an end (line 3): no more can be started.",
    ),
    "memory": ("data = []\nwhile True:\n    data.append(bytes(1 << 24))\n",
               "Your code used up all the memory it may have (line 3)."),
}  # fmt: skip


@pytest.fixture
def answer(tmp_path):
    """`answer(code)` is the result of that answer to `lines`."""

    def _answer(code, name="lines"):
        file = tmp_path / f"{name}.py"
        file.write_text(code, encoding="utf-8")
        return grade(name, file)

    return _answer


@pytest.mark.parametrize("kind", ENDINGS)
def test_whatever_an_answer_does_ends_in_its_sentence(answer, kind):
    code, sentence = ENDINGS[kind]
    result = within(PATIENCE, lambda: answer(code))
    assert (result.passed, result.sentence) == (False, sentence), result
    assert "Traceback" not in repr(result)


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits that hold")
@pytest.mark.parametrize("kind", LINUX_ENDINGS)
def test_what_eats_the_machine_ends_in_its_sentence(answer, kind):
    code, sentence = LINUX_ENDINGS[kind]
    assert answer(code).sentence == sentence


def test_it_says_where_an_endless_loop_turns(answer):
    result = answer(READER + "while True:\n            pass\n")
    assert result.got.startswith("your code was still busy in feed, line ")
    assert result.failed == "one whole line comes in"


def test_a_slow_reader_without_a_limit_is_told_of_the_limit(answer):
    code = """class LineReader:
    tail = b""
    def feed(self, chunk):
        self.tail += chunk
        ends = [i for i, byte in enumerate(self.tail) if byte == 10]  # every byte, every time
        *lines, self.tail = self.tail.split(b"\\n")
        return [line.removesuffix(b"\\r") for line in lines]
"""
    assert answer(code).sentence == exercise("lines").wrong["wrong_no_limit"].message


def test_a_flood_of_prints_is_cut_and_shown(answer):
    result = answer("print('first')\nwhile True:\n    print('flood')\n")
    assert result.sentence == HUNG
    assert len(result.printed) <= grading.KEPT
    assert "  printed\n" + " " * 16 + "first\n" in repr(result)
    assert repr(result).count("flood") <= 10


def test_closing_standard_output_harms_nothing(answer):
    assert answer("import sys\nsys.stdout.close()\nsys.stderr.close()\n").sentence == ENDINGS["nothing"][1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_an_answer_leaves_behind_ends_with_it(answer):
    result = answer(
        "import os, socket\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "print(listener.getsockname()[1], flush=True)\n"
        "if os.fork() == 0:\n"
        "    while True: listener.accept()\n"
    )
    port = int(result.printed.split()[0])
    deadline = time.monotonic() + PATIENCE
    while is_listening(port):
        assert time.monotonic() < deadline


THREAD = """import threading
def work():
    {}
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def test_a_mistake_in_a_thread_is_the_reason(answer):
    result = answer(THREAD.format("1 / 0"))
    assert result.sentence == "Your code raised ZeroDivisionError (work, line 3): division by zero."


def test_an_error_of_the_network_in_a_thread_is_mentioned(answer):
    result = answer(THREAD.format("raise ConnectionResetError('cut')"))
    assert result.sentence == ENDINGS["nothing"][1]
    assert result.got == "A thread died: Your code raised ConnectionResetError (work, line 3): cut."


def test_no_number_of_this_run_is_shown(answer):
    code = "import socket\nsock = socket.create_server(('127.0.0.1', 0))\nprint(object(), sock)\n"
    text = repr(answer(code + "raise ValueError(sock, sock.getsockname())\n"))
    assert "0x..." in text
    assert "(that socket, ('127.0.0.1', ...))" in text


def test_an_answer_sees_neither_this_folder_nor_the_terminal(answer):
    code = "import os, sys\nassert os.listdir() == [], os.listdir()\nassert sys.stdin.read() == ''\n"
    assert answer(code + "LineReader = 1\n").sentence.startswith("LineReader must be a class")


def test_an_answer_is_a_module_as_it_will_be_in_the_kernel(answer):
    code = "from dataclasses import dataclass\nassert __name__ == 'answers.lines'\n"
    code += "@dataclass\nclass LineReader:\n    tail: 'bytes' = b''\n"
    assert answer(code).sentence == "LineReader has no method called feed."


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    result = grade("lines", tmp_path / "nowhere.py")
    assert result.sentence == "Your answer could not be read: No such file or directory."


def test_an_exercise_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NoSuchExercise, match="no exercise 'goodby'; did you mean goodbye"):
        grade("goodby", tmp_path / "goodby.py")


def test_a_failure_tells_the_sentence_first_then_the_steps(answer):
    assert repr(answer(READER + "return chunk.splitlines()\n")).splitlines() == [
        "lines: not yet. Half a line was handed out, though its end had not come yet.",
        "",
        "  done       1. your answer is read",
        "             2. it defines LineReader",
        "             3. one whole line comes in",
        "  failed     4. half a line comes in, then the other half",
        "  expected      feed(b'hel') gives []",
        "  got           [b'hel']",
        "",
        "Stuck? hint() gives the first of 4 hints, then the next.",
    ]


def test_the_page_shows_the_text_and_runs_nothing_of_it(answer):
    page = answer("raise ValueError('<img onerror=alert(1)>')\n")._repr_html_()
    assert "<img" not in page
    assert "&lt;img onerror=alert(1)&gt;" in page


HANDLE = """from chatkit.specimens.naive import Naive
class Mended(Naive):
    def handle(self, client):
        """

IN_A_ROOM = {
    "spins": ("while True: pass", "What linus says is not heard any more."),
    "raises": ("[][0]", "Your code raised IndexError (handle, line 4): list index out of range."),
    "exits": (
        "raise SystemExit",
        "Your code wants to end the whole program (handle, line 4): take the exit out.",
    ),
    "kills": ("import os; os._exit(1)", GONE),
    "floods": ("while True: print(client)", "What linus says is not heard any more."),
    "prints": ("while True: data = client.recv(9); print(data); self.hear(client, data)",
               "After linus has left, your handler calls recv again and again: each call gives b'' at once."),
    "shuts_the_door": ("self.listener.close(); self.clients.clear()", "This did not happen in your room."),
}  # fmt: skip

OF_A_ROOM = {
    "misspelt": (
        HANDLE.replace("handle", "handel") + "pass\n",
        "You wrote handel; it must be called handle.",
    ),
    "no_self": (
        HANDLE.replace("self, ", "") + "pass\n",
        "Calling your code raised TypeError: Mended.handle() takes 1 positional argument but 2 were given"
        " (is self missing, or another argument?).",
    ),
    "no_base": ("class Mended: pass\n", "Mended must build on Naive: class Mended(Naive):"),
    "never_starts": (HANDLE.replace("handle(self, client", "__init__(self, *_") + "while True: pass\n", HUNG),
}


@pytest.mark.parametrize("kind", [*IN_A_ROOM, *OF_A_ROOM])
def test_whatever_a_server_does_ends_in_its_sentence(answer, kind):
    body, sentence = IN_A_ROOM.get(kind, ("", ""))
    code, sentence = OF_A_ROOM.get(kind, (f"{HANDLE}{body}\n", sentence))
    result = answer(code, "goodbye")
    assert (result.passed, result.sentence) == (False, sentence), result


FALLS_APART = """from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0

    def handle(self, client):
        try:
            while data := client.recv(1024):
                self.hear(client, data)
            client.sendall(b"* goodbye\\n")
        except OSError:
            pass
        finally:
            self.remove(client)
            if not self.names:
                [][0]
"""


def test_what_breaks_when_the_exam_takes_its_room_apart_is_not_the_reason_later(answer):
    """The naive server's lists may slide apart when two leave at once, whatever the answer does."""
    result = answer(FALLS_APART, "leaving")
    assert result.sentence.startswith("Linus has been silent for much longer than the limit"), result


# The commands


def chatkit(*words, cwd):
    return subprocess.run(
        [sys.executable, "-m", "chatkit", *words],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(grading.PACKAGE)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_teacher_grades_the_same_file(tmp_path):
    (tmp_path / "mine.py").write_text(READER + "return chunk.splitlines()\n")
    done = chatkit("check", "--exercise", "lines", "mine.py", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("lines: not yet. Half a line was handed out")
    assert "hint()" not in done.stdout


@pytest.mark.fault(16)
def test_what_an_answer_prints_and_raises_does_not_act_on_a_teachers_terminal(tmp_path):
    acts = r"'\x9b2J \x1b]0;title\x07 \u202e \ud800'"
    (tmp_path / "mine.py").write_text(rf"print('\x1b[2J\x1b[31mred\x1b[0m'); raise ValueError({acts})")
    said = chatkit("check", "--exercise", "lines", "mine.py", cwd=tmp_path).stdout
    assert "raised ValueError" in said
    assert "\ufffd[2Jred" in said
    assert [character for character in said if not character.isprintable() and character != "\n"] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lnies", "x.py"], "chatkit check: there is no exercise 'lnies'; did you mean lines?\n"),
        (["lines"], "chatkit check: which file? chatkit check --exercise lines FILE\n"),
        (["lines", "x.py"], "chatkit check: cannot read x.py: No such file or directory\n"),
    ],
)
def test_a_teachers_slip_is_one_sentence(tmp_path, words, sentence):
    done = chatkit("check", "--exercise", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_progress_lists_what_passes(tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers/progress.json").write_text(json.dumps({"lines": {"passed": True}}))
    done = chatkit("progress", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  lesson 2  lines      passed\n" in done.stdout
    assert "  lesson 5  goodbye    not yet\n" in done.stdout
