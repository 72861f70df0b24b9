"""sendall was called after client.close(): a closed socket can do nothing more."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    server, address = listener.accept()
    client.close()
    client.sendall(b"hello\n")
    print(server.recv(1024))
    server.close()
    listener.close()
