"""A chat server as an `asyncio.Protocol`, by line: each line is written to each of the others.

With `uvloop` as second argument, it runs on that event loop.
"""

# mypy: ignore-errors, since such servers are written without types

import asyncio
import sys

members = {}  # protocol -> name


class Chat(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.name = None
        self.tail = b""
        transport.write(b"Welcome! What shall I call you?\n")

    def data_received(self, data):
        *lines, self.tail = (self.tail + data).split(b"\n")
        for line in lines:
            if self.name is None:
                self.join(line.strip())
            else:
                self.broadcast(b"[" + self.name + b"] " + line + b"\n")

    def join(self, name):
        self.name = name
        self.transport.write(b"* The room contains: " + b", ".join(members.values()) + b"\n")
        members[self] = name
        self.broadcast(b"* " + name + b" has entered the room\n")

    def broadcast(self, line):
        for member in members:
            if member is not self:
                member.transport.write(line)

    def connection_lost(self, error):
        if members.pop(self, None):
            self.broadcast(b"* " + self.name + b" has left the room\n")


async def main():
    server = await asyncio.get_running_loop().create_server(Chat, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


if sys.argv[2:] == ["uvloop"]:
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
