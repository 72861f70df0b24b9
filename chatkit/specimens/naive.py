"""SPECIMEN, broken on purpose: the server everybody writes first, whose `except` is its only goodbye."""

import re
import socket
import threading

from chatkit.specimens.housing import Housing


class Naive(Housing):
    """Who leaves politely is never missed: it stays in the list, and its thread spins."""

    def __init__(self, host: str, port: int) -> None:
        self.listener = socket.create_server((host, port))
        self.clients: list[socket.socket] = []
        self.names: list[str] = []

    def serve_forever(self) -> None:
        while True:
            client, _ = self.listener.accept()
            client.send(b"What is your name?\n")
            name = client.recv(1024).decode().strip()
            if not re.fullmatch("[A-Za-z0-9]+", name):
                client.close()
                continue
            client.send(f"* The room contains: {', '.join(self.names)}\n".encode())
            self.clients.append(client)
            self.names.append(name)
            self.broadcast(f"* {name} has entered the room", client)
            threading.Thread(target=self.handle, args=(client,)).start()

    def handle(self, client: socket.socket) -> None:
        while True:
            try:
                self.hear(client, client.recv(1024))
            except:
                self.remove(client)
                break

    def hear(self, client: socket.socket, data: bytes) -> None:
        for line in data.decode().splitlines():
            name = self.names[self.clients.index(client)]
            self.broadcast(f"[{name}] {line}", client)

    def remove(self, client: socket.socket) -> None:
        index = self.clients.index(client)
        self.clients.remove(client)
        client.close()
        name = self.names[index]
        self.names.remove(name)
        self.broadcast(f"* {name} has left the room")

    def broadcast(self, line: str, sender: socket.socket | None = None) -> None:
        for client in self.clients:
            if client is not sender:
                client.send(f"{line}\n".encode())


BREAKS = (
    "everybody_else_hears_that_somebody_left",
    "who_has_left_is_not_listed",
    "a_polite_goodbye_is_told_once",
    "last_words_before_a_half_close_are_heard",
    "leaving_in_mid_line_is_told_once",
    "last_words_come_before_the_goodbye",
    "who_left_politely_may_come_back",
    "a_speaker_survives_a_polite_goodbye",
    "six_can_leave_in_one_instant",
    "innocents_lose_no_line_while_others_leave",
    "innocents_lose_no_line_while_others_are_reset",
    "a_silent_stranger_keeps_nobody_waiting",
    "a_reset_at_the_door_is_not_mentioned",
    "half_a_name_harms_nobody",
    "the_room_outlives_a_hundred_visitors",
    "a_storm_of_connections_passes",
    "lines_glued_to_the_name_are_heard",
    "halves_of_two_people_do_not_mix",
    "five_hundred_lines_keep_their_order",
    "other_protocols_at_the_door_harm_nobody",
    "a_bad_byte_at_the_door_harms_nobody",
    "a_flooder_who_leaves_is_announced",
    "a_frozen_reader_stops_nobody",
    "a_frozen_reader_who_dies_is_announced",
    "a_slow_reader_misses_nothing_or_is_cut",
    "a_goodbye_leaves_no_loop_behind",
    "visitors_leave_no_sockets_behind",
    "ctrl_c_ends_it",
)
SOMETIMES = (
    "the_others_go_on_talking",
    "a_speaker_survives_a_reset",
    "the_right_one_is_announced",
    "a_line_may_come_byte_by_byte",
    "a_name_may_come_byte_by_byte",
    "lines_in_one_piece_are_several_messages",
    "a_line_over_the_limit_harms_nobody",
    "a_frozen_reader_keeps_nobody_out",
)
