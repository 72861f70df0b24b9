"""You call the function yourself: Thread(target=answer(client)) runs it first. Give target and args apart."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer(client)).start()
