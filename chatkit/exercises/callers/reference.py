"""Each caller has a thread of its own: one may be silent for ever, and nobody else has to wait."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)
    client.close()

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer, args=(client,)).start()
