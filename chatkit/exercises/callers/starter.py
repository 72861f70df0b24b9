"""While ada says nothing, grace waits: your server is still waiting for ada."""

import threading

def serve(listener):
    while True:
        client, address = listener.accept()
        while data := client.recv(1024):
            client.sendall(data)
        client.close()
