"""A filter of Linux's on a socket: it loses the packets that a program of a few instructions picks.

The program is that of a packet filter (BPF), and looks at TCP's header: RFC 9293, section 3.1.
"""

import ctypes
import socket
import struct

ATTACH, DETACH = 26, 27  # SO_ATTACH_FILTER, SO_DETACH_FILTER: asm-generic/socket.h
_KEEP, _LOSE = (0x06, 0, 0, 0xFFFFFFFF), (0x06, 0, 0, 0)  # BPF_RET | BPF_K: so many bytes of the packet
_FLAGS = (0x30, 0, 0, 13)  # BPF_LD | BPF_B | BPF_ABS
_RST, _ACK = 0x04, 0x10
EVERYTHING = [_LOSE]
# What `close` sends. A reset that answers a packet to nobody has no ACK.
UNASKED_RESETS = [_FLAGS, (0x54, 0, 0, _RST | _ACK), (0x15, 0, 1, _RST | _ACK), _LOSE, _KEEP]


def lose(sock, program):
    """Have a socket lose what this program picks, from now on."""
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    sock.setsockopt(socket.SOL_SOCKET, ATTACH, struct.pack("@HP", len(program), ctypes.addressof(buffer)))


def lose_nothing(sock):
    """Take the program away."""
    sock.setsockopt(socket.SOL_SOCKET, DETACH, 0)
