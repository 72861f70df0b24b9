"""Two plain sockets that talk directly or by way of a wire, and tell what they have seen."""

import select
import socket
import struct

from talker import PATIENCE

RESET = struct.pack("ii", 1, 0)


class Peer:
    """One end of a connection; whatever it waits for has a deadline."""

    def __init__(self, sock):
        self.socket = sock
        sock.settimeout(PATIENCE)

    def sends(self, data):
        self.socket.sendall(data)

    def half_closes(self):
        self.socket.shutdown(socket.SHUT_WR)

    def closes(self):
        self.socket.close()

    def resets(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.socket.close()

    def hears(self, size):
        """Return so many bytes; fewer only if the end comes before."""
        heard = b""
        while len(heard) < size and (chunk := self.socket.recv(size - len(heard))):
            heard += chunk
        return heard

    def hears_all(self):
        """Return all there is to hear, and the goodbye after it."""
        heard = bytearray()
        try:
            while chunk := self.socket.recv(1 << 20):
                heard += chunk
        except ConnectionError:
            return bytes(heard), "RST"
        return bytes(heard), "FIN"

    def hears_nothing(self, seconds=0.1):
        """Say whether nothing comes for a while, neither bytes nor a goodbye."""
        return not select.select([self.socket], [], [], seconds)[0]

    def dies(self):
        """Wait until the connection is dead, without reading; return the error that says so."""
        poll = select.poll()
        poll.register(self.socket, 0)
        assert poll.poll(PATIENCE * 1000), "the connection lives"
        return self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def sends_in_vain(self):
        """Send until the other side refuses it; return how it did."""
        try:
            while True:
                self.socket.sendall(b"hello?")
                if select.select([self.socket], [], [], 0.01)[0]:
                    self.socket.sendall(b"is anybody there?")
        except ConnectionError:
            return "refused"

    def fills(self):
        """Send as long as bytes are taken; return how many were."""
        self.socket.setblocking(False)
        count = 0
        while select.select([], [self.socket], [], 0.2)[1]:
            count += self.socket.send(b"x" * 1000)
        self.socket.settimeout(PATIENCE)
        return count


class Meeting:
    """A listening socket; `connect` gives both ends of a connection to it, from wherever it is called."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.listener.settimeout(PATIENCE)
        self.address = self.listener.getsockname()
        self.peers = []

    def connect(self, address=None):
        client = Peer(socket.create_connection(address or self.address, PATIENCE))
        server = Peer(self.listener.accept()[0])
        self.peers += [client, server]
        return client, server

    def close(self):
        self.listener.close()
        for peer in self.peers:
            peer.socket.close()
