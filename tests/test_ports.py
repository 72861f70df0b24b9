"""Who holds a port: the real system's answer about ourselves, and a made-up /proc for all others."""

import os
import pwd
import socket
import sys

import pytest

from chatkit.cli.ports import who_listens

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
NOBODY = 4_000_000_000

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc/net/tcp is Linux's")


def line(local, inode=77, uid=NOBODY, state="0A"):
    queues = "00000000:00000000 00:00000000 00000000"
    return f"   0: {local} 00000000:0000 {state} {queues} {uid} 0 {inode} 1 0 100\n"


@pytest.fixture
def proc(tmp_path):
    """`proc(tcp=..., tcp6=...)` is a folder like /proc, where process 12 has the socket 77 open."""

    def _proc(tcp="", tcp6=None):
        (tmp_path / "net").mkdir()
        (tmp_path / "net" / "tcp").write_text(HEADER + tcp)
        if tcp6 is not None:
            (tmp_path / "net" / "tcp6").write_text(HEADER + tcp6)
        (tmp_path / "12" / "fd").mkdir(parents=True)
        (tmp_path / "12" / "fd" / "3").symlink_to("socket:[77]")
        (tmp_path / "12" / "cmdline").write_bytes(b"nc\0-l\0" + b"x" * 80 + b"\0")
        (tmp_path / "13").mkdir()
        return tmp_path

    return _proc


def hexed(address, port):
    """An IPv4 address as this machine's kernel prints it."""
    return f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}:{port:04X}"


@linux
@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_it_finds_the_program_that_listens(family, host):
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]
        assert who_listens(host, port).endswith(f"` (pid {os.getpid()})")
    assert who_listens(host, port) == ""


@linux
def test_an_open_connection_is_no_listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
    with client:
        assert who_listens("127.0.0.1", client.getsockname()[1]) == ""


def test_a_long_command_is_shortened(proc):
    words = who_listens("127.0.0.1", 5000, proc(line(hexed("127.0.0.1", 5000))))
    assert words == f"`nc -l {'x' * 51}...` (pid 12)"


@pytest.mark.parametrize(("held", "wanted"), [("127.0.0.1", "127.0.0.2"), ("10.0.0.1", "127.0.0.1")])
def test_another_address_is_in_nobodys_way(proc, held, wanted):
    assert who_listens(wanted, 5000, proc(line(hexed(held, 5000)))) == ""


@pytest.mark.parametrize(("held", "wanted"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0")])
def test_all_addresses_hold_every_one(proc, held, wanted):
    assert "(pid 12)" in who_listens(wanted, 5000, proc(line(hexed(held, 5000))))


def test_an_ipv4_address_may_be_held_as_an_ipv6_one(proc):
    mapped = "0000000000000000" + f"{int.from_bytes(bytes.fromhex('0000ffff'), sys.byteorder):08X}"
    assert "(pid 12)" in who_listens("127.0.0.1", 5000, proc(tcp6=line(mapped + hexed("127.0.0.1", 5000))))


def test_of_another_user_only_the_name_is_known(proc):
    other = next((each for each in pwd.getpwall() if each.pw_uid != os.getuid()), None)
    if not other:
        pytest.skip("this machine has one user")
    words = who_listens("127.0.0.1", 5000, proc(line(hexed("127.0.0.1", 5000), inode=78, uid=other.pw_uid)))
    assert words == f"a program of the user {other.pw_name}"


def test_a_user_without_a_name_has_a_number(proc):
    words = who_listens("127.0.0.1", 5000, proc(line(hexed("127.0.0.1", 5000), inode=78)))
    assert words == f"a program of the user with number {NOBODY}"


def test_of_our_own_unknown_program_nothing_is_said(proc):
    table = line(hexed("127.0.0.1", 5000), inode=78, uid=os.getuid())
    assert who_listens("127.0.0.1", 5000, proc(table)) == ""


def test_other_ports_and_states_are_passed_over(proc):
    tables = line(hexed("127.0.0.1", 5001)) + line(hexed("127.0.0.1", 5000), state="01")
    assert who_listens("127.0.0.1", 5000, proc(tables)) == ""


def test_where_nothing_is_told_nobody_is_found(tmp_path):
    assert who_listens("127.0.0.1", 5000, tmp_path) == ""


def test_a_host_that_does_not_exist_is_held_by_nobody(proc):
    assert who_listens("no.such.host.invalid", 5000, proc(line(hexed("127.0.0.1", 5000)))) == ""
