"""A chat server on Twisted's `LineReceiver`: each line is sent to each of the others."""

# mypy: ignore-errors, since such servers are written without types

import sys

from twisted.internet import protocol, reactor
from twisted.protocols.basic import LineReceiver

members = {}  # protocol -> name


class Chat(LineReceiver):
    delimiter = b"\n"
    name = None

    def connectionMade(self):  # noqa: N802, the name is Twisted's
        self.sendLine(b"Welcome! What shall I call you?")

    def lineReceived(self, line):  # noqa: N802
        if self.name is None:
            self.join(line.strip())
        else:
            self.broadcast(b"[" + self.name + b"] " + line)

    def join(self, name):
        self.name = name
        self.sendLine(b"* The room contains: " + b", ".join(members.values()))
        members[self] = name
        self.broadcast(b"* " + name + b" has entered the room")

    def broadcast(self, line):
        for member in members:
            if member is not self:
                member.sendLine(line)

    def connectionLost(self, reason):  # noqa: N802
        if members.pop(self, None):
            self.broadcast(b"* " + self.name + b" has left the room")


factory = protocol.ServerFactory.forProtocol(Chat)
reactor.listenTCP(int(sys.argv[1]), factory, backlog=4096, interface="127.0.0.1")
reactor.run()
