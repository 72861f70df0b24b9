"""args wants a tuple, and one thing alone needs a comma: args=(client,)."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)
    client.close()

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer, args=(client)).start()
