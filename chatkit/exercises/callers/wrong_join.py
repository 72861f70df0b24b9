"""You start a thread and then wait for its end with join: that is as slow as no thread at all."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    while True:
        client, address = listener.accept()
        thread = threading.Thread(target=answer, args=(client,))
        thread.start()
        thread.join()
