"""listen was called before bind: on which address should it listen?"""

def talk(listener, client):
    listener.listen()
    listener.bind(("127.0.0.1", 0))
    client.connect(listener.getsockname())
    server, address = listener.accept()
    client.sendall(b"hello\n")
    print(server.recv(1024))
    client.close()
    server.close()
    listener.close()
