"""Four ways to leave, and your server knows each: a last word is heard, silence ends, and talk goes on."""

from chatkit.specimens.naive import Naive

class Patient(Naive):
    limit = 60.0  # seconds that somebody may be silent

    def handle(self, client):
        client.settimeout(self.limit)
        try:
            while data := client.recv(1024):
                self.hear(client, data)
            client.sendall(b"* goodbye\n")  # it said FIN, and may still be reading
        except OSError:
            pass  # cut off, or silent too long: TimeoutError is an OSError too
        finally:
            self.remove(client)
