"""Servers that nobody here wrote, or not in Python: one command grades them too."""

import os
import shutil

import pytest
from talker import PATIENCE

from chatkit.check import Verdict, check
from chatkit.check.promise import PROMISES


def program(name):
    """Return where a program is; skip the test where there is none, but never in CI."""
    path = shutil.which(name)
    if path is None and not os.environ.get("CI"):
        pytest.skip(f"{name} is not installed")
    return path or name


NODE = """\
// Budget Chat in Node: one object for each connection, and one place for every goodbye.
const net = require("node:net");
const members = new Set();

function tell(all_but, line) {
  for (const member of members) if (member !== all_but) member.socket.write(line + "\\n");
}

function join(client, name) {
  if (!/^[A-Za-z0-9]{1,24}$/.test(name)) return client.socket.end("! that is no name\\n");
  const names = [...members].map((member) => member.name).join(", ");
  client.socket.write(`* The room contains: ${names}\\n`);
  client.name = name;
  members.add(client);
  tell(client, `* ${name} has entered the room`);
}

function hear(client, line) {
  if (client.name) tell(client, `[${client.name}] ${line}`);
  else join(client, line);
}

function leave(client) {
  if (members.delete(client)) tell(client, `* ${client.name} has left the room`);
}

net.createServer((socket) => {
  const client = { socket, name: "", tail: "" };
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("close", () => leave(client));
  socket.on("data", (text) => {
    const lines = (client.tail + text).split("\\n");
    client.tail = lines.pop();
    for (const line of lines) if (!socket.writableEnded) hear(client, line.replace(/\\r$/, ""));
    if (client.tail.length > 65536) socket.destroy();
  });
  socket.write("Welcome! What is your name?\\n");
}).listen(Number(process.argv[2]), "127.0.0.1");
"""


@pytest.mark.parametrize(
    ("bug", "broken"),
    [
        (None, []),
        (('socket.on("error", () => {});', ""), ["a_reset_is_told_once"]),
        (('socket.on("close",', 'socket.on("end",'), ["a_reset_is_told_once"]),
        (("member !== all_but", "true"), ["a_message_never_comes_back"]),
    ],
    ids=["good", "no error listener", "the goodbye hangs on the clean ending", "echoes"],
)
def test_a_server_in_another_language_is_graded(tmp_path, bug, broken):
    source = tmp_path / "chat.js"
    source.write_text(NODE.replace(*bug) if bug else NODE)
    only = ["a_message_never_comes_back", "a_polite_goodbye_is_told_once", "a_reset_is_told_once"]
    report = check(
        [program("node"), str(source), "{port}"], only=[] if bug is None else only, start_within=PATIENCE
    )
    assert report.broken == broken, str(report)
    assert bug or set(report.named(Verdict.NOTED)) == {
        "a_second_holder_of_a_name_is_in_or_out",
        "control_characters_harm_nobody",
    }


def test_ncat_speaks_another_protocol_and_the_report_shows_it():
    report = check([program("ncat"), "-l", "--chat", "-k", "127.0.0.1", "{port}"])
    assert report.broken == ["a_message_reaches_everybody_else"]
    assert len(report.named(Verdict.NOT_JUDGED)) == sum(p.level != "chatkit" for p in PROMISES.values()) - 2
    assert "> hello'" in str(report)
