"""You call run(), which does the work here and now; start() is what begins a thread."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer, args=(client,)).run()
