"""accept was called before anybody had called: it waits, and nobody can call while it waits."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server, address = listener.accept()
    client.connect(listener.getsockname())
    client.sendall(b"hello\n")
    print(server.recv(1024))
    client.close()
    server.close()
    listener.close()
