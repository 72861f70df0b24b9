"""docs/history.md: the privacy promises, run as they stand there, and every option that it names."""

import re
import subprocess

import pytest
from program import ENVIRONMENT, ROOT, Program, run
from talker import PATIENCE

DOCS = (ROOT / "docs" / "history.md").read_text(encoding="utf-8")
DEMO = re.search(r"<!-- .*? -->\n\n((?:    .*\n)+)", DOCS)[1]


def dialogue():
    """The commands of the demonstration, each with what it prints."""
    for part in re.split(r"^    \$ ", DEMO, flags=re.MULTILINE)[1:]:
        command, *printed = part.splitlines()
        yield command, [line.removeprefix("    ") for line in printed]


def test_the_privacy_promises_hold_as_they_are_shown(tmp_path):
    (tmp_path / "demo").mkdir()
    server = Program("serve", "0", "--history", tmp_path / "demo" / "chat.db", cwd=tmp_path)
    try:
        port = server.next_line().rpartition(" ")[2].strip()
        for command, printed in dialogue():
            done = subprocess.run(
                command.replace("5000", port).replace("python3", "$PYTHON"),
                shell=True,
                cwd=tmp_path,
                env=ENVIRONMENT | {"PYTHON": server.process.args[0]},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            assert done.stdout.splitlines() == printed, (command, done.stderr)
    finally:
        server.process.kill()
        server.process.communicate()
    assert len(list(dialogue())) == 5


@pytest.mark.parametrize("command", ["serve", "history"])
def test_every_option_that_it_names_is_there(command):
    told = run(command, "--help").stdout
    lines = [line for line in DOCS.splitlines() if f"chatkit {command}" in line or line.startswith("| `--")]
    named = {option for line in lines for option in re.findall(r"--[a-z-]+", line)}
    if command == "history":
        named -= {"--history", "--history-consent", "--replay", "--durable"}
    assert named
    assert not [option for option in named if option not in told]
