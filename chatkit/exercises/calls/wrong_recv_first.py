"""recv was called before anybody had sent anything: it waits, and nobody can send while it waits."""

def talk(listener, client):
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client.connect(listener.getsockname())
    server, address = listener.accept()
    print(server.recv(1024))
    client.sendall(b"hello\n")
    client.close()
    server.close()
    listener.close()
