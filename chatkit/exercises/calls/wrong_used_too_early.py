"""The name `server` is used (talk, line 6) before the line that makes it."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    client.sendall(b"hello\n")
    print(server.recv(1024))
    server, address = listener.accept()
    client.close()
    server.close()
    listener.close()
