"""What can happen to a chat, and what chatkit does about it, in words: the rows of docs/faults.md."""

NOT_OF_THE_SERVER = {11, 17, 31, 32, 37, 38, 39, 40, 41, 43, 44, 45}  # these know no engine

ROWS = {
    1: (
        "A client closes in good order",
        "Everybody else is told once and soon; the thread, the socket and the name are free again.",
    ),
    2: ("A client is reset", "The same, and the notice says that the connection was lost."),
    3: (
        "A client closes its sending half",
        "What it said is delivered, and it has left; it is still sent all that waits for it.",
    ),
    4: ("A goodbye in the middle of a line", "The unfinished line is no message."),
    5: (
        "A peer dies and nothing tells of it",
        "The kernel asks: an idle connection ends within 120 s, one with data in flight within 60 s; "
        "our own client watches its server in the same way.",
    ),
    6: (
        "A client does not read",
        "Nobody waits for it. It is cut with 8 MiB waiting, or 1 MiB without progress for 10 s: too slow. "
        "However little waits, who takes nothing for 60 s is cut by the kernel: a lost connection.",
    ),
    7: ("A client dies while a line is being sent to all", "Only the dead one leaves; nobody misses a line."),
    8: ("Many die at one instant", "As many notices, each once and with the right name."),
    9: ("A caller vanishes before it has a name", "Nobody hears of it, and the next caller is let in."),
    10: (
        "A caller is slow with its name, or silent",
        "It has 10 s for all of it, told so at the end; nobody else waits.",
    ),
    11: (
        "Everybody comes back at once",
        "All are let in under their names; our clients spread themselves out by chance.",
    ),
    12: (
        "Somebody is back before its ghost has gone",
        "A ghost found dead makes way, one that is leaving goes first, one that lives keeps its name.",
    ),
    13: (
        "The same name in other letters",
        "Capitals make no difference, and only ASCII letters and digits are taken: there are no look-alikes.",
    ),
    14: (
        "A name that is empty, long, or no name",
        "One line with the rule in words, then the end; nobody hears of it.",
    ),
    15: (
        "A line that pretends to be another's",
        "The server writes the name, and no text can begin a new line on anybody's screen: where ours go on "
        "in a further row, they are indented.",
    ),
    16: (
        "Escapes, controls, text turned round",
        "Each such character becomes U+FFFD, at the server and again at the client; so it does in what a "
        "judged server or an answer prints.",
    ),
    17: ("Markup in a notebook", "It is text: in panes, boards, pictures and saved notebooks."),
    18: (
        "Bytes that are not UTF-8",
        "They become U+FFFD; nobody is cut, and what is relayed is always valid.",
    ),
    19: (
        "A character cut in two by the network",
        "It arrives whole: lines are decoded, never pieces of them.",
    ),
    20: ("Lines glued together, or one byte at a time", "The lines are the same, however they were cut."),
    21: (
        "A line without an end",
        "At 4,096 bytes one error, then the end; nothing of it is relayed, and memory stays bounded.",
    ),
    22: (
        "A flood",
        "On loopback it gets its turn and no more. Elsewhere, or with a rate: a burst of 100, then 20 lines "
        "a second; the rest is dropped, told once a second, and after 30 s of it the flooder is cut.",
    ),
    23: (
        "A flood, then a goodbye",
        "The departure is told at once, and nothing of the flood is relayed after it.",
    ),
    24: ("A line that dribbles in", "It has 60 s, whatever arrives; then: line never finished."),
    25: (
        "Too many clients",
        "One line says that the room is full, then the end; those inside notice nothing.",
    ),
    26: (
        "No descriptor left",
        "Newcomers are told; those inside chat on; nothing spins; later all works again.",
    ),
    27: ("No thread left", "That newcomer is refused in words, and nobody else notices."),
    28: ("Hundreds call at one instant", "The queue at the door holds 4,096, or what the kernel allows."),
    29: ("The port is taken", "One sentence says so, and by whom; exit status 2."),
    30: ("Started again at once, even after a kill", "It listens at once; a second one is refused."),
    31: (
        "A client connects to itself",
        "Where nobody listens, the kernel may join both ends of one socket: our client takes that for nobody "
        "there.",
    ),
    32: ("No port left to call from", "The client says what it is and what helps, and nothing is left open."),
    33: (
        "Ctrl-C or SIGTERM",
        "Everybody is told, what waits is sent, the end comes within 2 s; a second signal ends it at once. "
        "Our client ends within 10 s, though nobody reads what it prints, and says if its last words may be "
        "lost.",
    ),
    34: (
        "The interpreter or the kernel ends",
        "No thread holds it up, nothing is printed, and the port is free.",
    ),
    35: (
        "A process forks while it serves",
        "The child keeps neither clients nor port: a goodbye is a goodbye.",
    ),
    36: (
        "A bug in a hook, a history or a subclass",
        "The log has the traceback and whose it was; it costs one client, or the history, and nobody else.",
    ),
    37: ("The log cannot be written", "The chat goes on."),
    38: ("kill -9 in the middle of a talk", "Every line that anybody saw is in the history, which is whole."),
    39: ("A power cut", "Wherever the file was torn, what is left is an intact beginning."),
    40: (
        "The disk is full, the database locked or read-only",
        "The chat goes on at full speed; one notice says that the history pauses, and it resumes by itself.",
    ),
    41: ("Somebody who does not want to be recorded", "Not one byte of theirs is in any file."),
    42: (
        "A browser, TLS, SSH, mail on the port",
        "What does not begin with a name is told the rule and sent away; nobody hears of it.",
    ),
    43: ("Open to the world by accident", "It must be asked for, and is answered by a warning."),
    44: (
        "A notebook is flooded",
        "A pane changes at most ten times a second, by 60,000 characters, and keeps the last 500 lines.",
    ),
    45: (
        "What a thread says, under the wrong cell",
        "No thread of ours prints; panes change by their own widgets alone.",
    ),
    46: ("Telnet and its options, lines ended by CR LF", "The CR goes, and the rest does no harm."),
    47: (
        "The clock jumps",
        "No deadline depends on the time of day.",
    ),
    48: ("Ten thousand visits", "No thread, descriptor or name is left of them."),
}
