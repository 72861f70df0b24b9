"""Two IRC servers, made ready for the load: on one port of this machine, for many, without their brakes."""

from __future__ import annotations

import os
from pathlib import Path

NGIRCD = """[Global]
Name = bench.local
Info = bench
Listen = 127.0.0.1
Ports = {port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
"""
INSPIRCD = """<server name="bench.local" description="bench" network="bench" id="00A">
<admin name="bench" nick="bench" email="bench@localhost">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect allow="*" timeout="60" pingfreq="3600" hardsendq="67108864" softsendq="67108864" recvq="1048576"
 threshold="1000000" commandrate="1000000000" fakelag="off" localmax="20000" globalmax="20000"
 limit="20000" resolvehostnames="no" useident="no" useconnectban="no" useconnflood="no" maxchans="20">
<dns server="127.0.0.1" timeout="1">
<pid file="{folder}/pid">
<performance netbuffersize="65534" somaxconn="4096" quietbursts="yes">
<log method="file" type="*" level="default" target="{folder}/log">
<files motd="{folder}/motd">
"""


def ngircd(port: int, folder: Path) -> list[str]:
    """Write the settings of an ngircd into `folder`; return its command."""
    return ["ngircd", "--nodaemon", "--config", _written(folder / "ngircd.conf", NGIRCD, port)]


def inspircd(port: int, folder: Path) -> list[str]:
    """Write the settings of an inspircd into `folder`; return its command."""
    (folder / "motd").write_text("bench\n")
    as_root = ["--runasroot"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return ["inspircd", "--nofork", *as_root, "--config", _written(folder / "inspircd.conf", INSPIRCD, port)]


def _written(path: Path, text: str, port: int) -> str:
    path.write_text(text.format(port=port, folder=path.parent))
    return str(path)
