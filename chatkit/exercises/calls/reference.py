"""You know the order: a listener first, then the call, then bytes, and a closed door refuses the next."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    server, address = listener.accept()
    client.sendall(b"hello\n")
    print(server.recv(1024))
    client.close()
    server.close()
    listener.close()
