"""After linus had come, grace's answer went astray: do your threads share one variable?"""

import threading

def answer():
    while data := client.recv(1024):
        client.sendall(data)

def serve(listener):
    global client
    while True:
        client, address = listener.accept()
        threading.Thread(target=answer).start()
