"""The bench as people start it: real servers, a load in its own process, a sentence when that cannot be."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from talker import PATIENCE, eventually

from chatkit.bench import contestants, run
from chatkit.bench import running as running_module
from chatkit.bench.contestants import CONTESTANTS, Contestant
from chatkit.bench.machine import between, cpu_of, memory_of, now
from chatkit.bench.runner import measure, plan
from chatkit.bench.running import choose_scenarios, choose_servers
from chatkit.bench.scenarios import GROWTH, SCENARIOS
from chatkit.check.interrupting import interruptible
from chatkit.check.process import Command
from chatkit.check.promise import CannotRun
from chatkit.cli import main

DOCS = Path(__file__).parents[2] / "docs" / "bench.md"
TINY = replace(
    SCENARIOS["all-to-all-50"],
    options={"clients": 5, "warm_up": 0.0, "seconds": 0.05},
    lines=16,
    contestants=(),
)


@pytest.mark.parametrize("name", [name for name in CONTESTANTS if name != "threads"])
def test_everybody_can_take_part_and_brings_every_line(name):
    contestant = CONTESTANTS[name]
    if not contestant.installed:
        pytest.skip(f"{name} is not installed here")
    found = measure(TINY, contestant)
    assert found.trouble == ""
    assert set(found.faults.values()) == {0}
    assert found.figures["deliveries"] > 0


def test_the_short_form_runs_from_end_to_end(capsys, tmp_path, monkeypatch):
    absent = Contestant("chatty", lambda port, folder: ["chatty"], needs="no-such-program-as-chatty")
    monkeypatch.setattr(running_module, "CONTESTANTS", {**CONTESTANTS, "chatty": absent})
    words = ["--only", "resets", "--peers", "selectors,chatty", "--json", str(tmp_path / "found.json")]
    assert main(["bench", "--quick", *words]) == 0
    shown = capsys.readouterr()
    assert "resets: 50 of 100 clients reset their connections at once" in shown.out
    assert "not installed: chatty" in shown.out
    assert shown.err == "1 of 1  resets: selectors\n"
    (found,) = json.loads((tmp_path / "found.json").read_text())["measurements"]
    figures = found["figures"]
    assert (figures["untold"], figures["told_twice"]) == (0, 0)
    assert (figures["descriptors_leaked"], figures["threads_leaked"]) == (0, 0)
    assert 0 < figures["longest"] < 30
    assert found["faults"]["lost"] == 0


def test_a_cell_can_run_it_small_and_show_it():
    results = run("latency", servers=["selectors"])
    (summary,) = results.summaries.values()
    assert summary.wrong == 0
    assert summary.figures["p50"] > 0
    assert "<table>" in results._repr_html_()


def test_a_server_that_does_not_start_is_told_of_and_is_no_error():
    program = "raise SystemExit('no socket today')"
    broken = Contestant("broken", lambda port, folder: [sys.executable, "-c", program])
    found = measure(TINY, broken)
    assert found.figures == {}
    assert "no socket today" in found.trouble


def test_a_server_that_dies_on_the_way_is_told_of():
    program = "import socket,sys; s=socket.create_server(('127.0.0.1',int(sys.argv[1]))); s.accept()"
    dying = Contestant("dying", lambda port, folder: [sys.executable, "-c", program, str(port)])
    assert "hung up on newcomer" in measure(TINY, dying).trouble


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc here")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_whoever_ends_it_no_server_is_left_behind(number):
    words = [sys.executable, "-m", "chatkit", "bench", "--only", "latency", "--peers", "selectors"]
    bench = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    children = Path(f"/proc/{bench.pid}/task/{bench.pid}/children")
    eventually(lambda: len(children.read_text().split()) == 2)  # the server, and the load
    born = children.read_text().split()
    bench.send_signal(number)
    _, said = bench.communicate(timeout=PATIENCE)
    assert bench.returncode == 2
    assert said.endswith("chatkit bench: interrupted\n")
    eventually(lambda: not any(os.path.isdir(f"/proc/{pid}") for pid in born))


def test_an_interrupt_in_the_moment_of_a_start_leaves_no_server(monkeypatch):
    started = []

    class Interrupted(Command):
        def __init__(self, argv):
            super().__init__(argv)
            started.append(self)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(contestants, "Command", Interrupted)
    with pytest.raises(KeyboardInterrupt), interruptible(), CONTESTANTS["naive"].serving():
        pytest.fail("it went on")
    (server,) = started
    try:
        assert server.status() is not None
    finally:
        server.end()


def test_everybody_is_measured_once_then_everybody_again():
    pair = [CONTESTANTS["threads"], CONTESTANTS["selectors"]]
    steps = [contestant.name for _, contestant in plan([TINY], pair, 3)]
    assert steps == ["threads", "selectors"] * 3


def test_what_takes_long_is_measured_less_often():
    pair = [CONTESTANTS["threads"], CONTESTANTS["ncat"]]
    assert [each.name for _, each in plan([SCENARIOS["joins-5000"]], pair, 3)] == ["threads"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "all-to-none"], "there is no scenario 'all-to-none'; there are: all-to-all-50"),
        (["--quick", "--only", "memory"], "there is no scenario 'memory'"),
        (["--peers", "telepathy"], "there is no server 'telepathy'; there are: threads, selectors"),
        (["--repeat", "0"], "how often must be a number above 0, not '0'"),
        (["--plot", "bench.gif"], "a plot ends in .svg or .png, and bench.gif does not"),
        (["everything"], "'everything' is one word too many"),
        (["--pers", "ncat"], "there is no option --pers; did you mean --peers?"),
    ],
)
def test_wrong_words_are_told_in_a_sentence(capsys, words, sentence):
    try:
        status = main(["bench", *words])
    except SystemExit as end:
        status = end.code
    shown = capsys.readouterr()
    assert status == 2
    assert sentence in shown.err
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


def test_a_scenario_says_how_many_files_it_needs(monkeypatch, capsys):
    monkeypatch.setattr(running_module, "allow_descriptors", lambda: 1024)
    assert main(["bench", "--only", "memory"]) == 2
    assert "memory needs 5200 open files, and this system allows 1024" in capsys.readouterr().err


def test_the_list_names_every_scenario_and_server(capsys):
    assert main(["bench", "--list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in [*SCENARIOS, *GROWTH, *CONTESTANTS])


def test_a_name_chooses_what_begins_with_it():
    assert [each.name for each in choose_scenarios(["all-to-all"])] == ["all-to-all-50", "all-to-all-200"]
    assert [each.name for each in choose_scenarios(["1-to-100"])] == ["1-to-100"]
    assert [each.clients for each in choose_scenarios(["joins"], quick=True)] == [300]
    assert len(choose_scenarios([], growth=True)) == len(GROWTH)
    assert len(choose_servers([])) == len(CONTESTANTS)
    with pytest.raises(CannotRun):
        choose_servers(["nobody"])


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc here")
def test_the_machine_tells_what_a_process_costs():
    start = now(os.getpid())
    while (cpu_of(os.getpid()) or 0.0) < (start.server or 0.0) + 0.03:
        pass
    span = between(start, now(os.getpid()))
    assert 0.02 < span.server < 0.5  # a collection of garbage may come in between
    assert span.seconds > 0.01
    assert span.others >= 0
    assert memory_of(os.getpid()) > 1 << 20
    assert cpu_of(1 << 30) is None
    assert memory_of(1 << 30) is None


def test_to_parse_the_command_line_imports_nothing_that_draws():
    program = "import sys, chatkit.bench, chatkit.bench.command; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == "False\n"


def test_the_docs_know_every_scenario_server_and_option(capsys):
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in [*SCENARIOS, *CONTESTANTS] if f"`{name}`" not in text] == []
    with pytest.raises(SystemExit):
        main(["bench", "--help"])
    words = capsys.readouterr().out.split()
    options = {word.strip(",[]") for word in words if word.startswith(("--", "[--"))}
    assert [option for option in options - {"--help"} if option not in text] == []
