"""Whoever leaves is let go at once and told of once: an empty read is the goodbye, and you heard it."""

from chatkit.specimens.naive import Naive

class Mended(Naive):
    def handle(self, client):
        try:
            while data := client.recv(1024):  # b"" is the goodbye
                self.hear(client, data)
        except OSError:
            pass  # a cut connection is a goodbye too
        finally:
            self.remove(client)
