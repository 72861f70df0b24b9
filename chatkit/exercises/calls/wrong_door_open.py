"""After the talk somebody else could still get through: listener.close() is missing."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    server, address = listener.accept()
    client.sendall(b"hello\n")
    print(server.recv(1024))
    client.close()
    server.close()
