"""connect was called while nobody listened: such a call is refused."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    client.connect(listener.getsockname())
    client.sendall(b"hello\n")
    print(server.recv(1024))
    listener.listen()
    server, address = listener.accept()
    client.close()
    listener.close()
    server.close()
