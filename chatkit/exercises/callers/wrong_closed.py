"""serve closes a socket that the new thread still needs: close it there, after the loop."""

import threading

def answer(client):
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer, args=(client,)).start()
        client.close()
