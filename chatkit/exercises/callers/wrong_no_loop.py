"""serve has come to its end: without a loop around accept, nobody new is let in."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    client, address = listener.accept()
    threading.Thread(target=answer, args=(client,)).start()
