"""Grace is answered once, and never again: her thread needs a loop."""

import threading

def answer(client):
    data = client.recv(1024)
    client.sendall(data)

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer, args=(client,)).start()
