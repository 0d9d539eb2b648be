"""A network of its own for a browser, with nothing in it but the loopback interface; our web process is reached from
there through this process, as if it listened there too."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

# Lives in the new network, puts lo up there (SIOCSIFFLAGS), listens, hands the socket out, and stays until let go.
INSIDE = """
import fcntl, socket, struct, sys
port, ours = int(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any:
    fcntl.ioctl(any, 0x8914, struct.pack("16sH14x", b"lo", 1))
with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
    socket.send_fds(ours, [b"."], [listener.fileno()])
ours.recv(1)
"""


@dataclass(frozen=True)
class Loopback:
    pid: int
    enter: list[str]

    def interfaces(self) -> list[str]:
        lines = Path(f"/proc/{self.pid}/net/dev").read_text().splitlines()[2:]
        return [line.split(":")[0].strip() for line in lines]

    def program(self, path: str, folder: Path) -> Path:
        """What runs this program in there, to be started by somebody else."""
        script = folder / "inside"
        script.write_text(f'#!/bin/sh\nexec {shlex.join([*self.enter, path])} "$@"\n')
        script.chmod(0o700)
        return script


@contextmanager
def only_loopback(port: int) -> Iterator[Loopback]:
    """Where `port` leads to the same port of ours. Skips where such a network may not be made."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        pytest.skip("util-linux is not installed: no network namespace can be made")
    root = os.geteuid() == 0
    ours, theirs = socket.socketpair()
    fd = str(theirs.fileno())
    command = ["unshare", "--net" if root else "-rn", sys.executable, "-c", INSIDE, str(port), fd]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True) as process, ours:
        theirs.close()
        _said, fds, _flags, _address = socket.recv_fds(ours, 1, 1)
        if not fds:
            assert process.stderr
            pytest.skip(f"no network namespace may be made here: {process.stderr.read().strip()[-200:]}")
        with socket.socket(fileno=fds[0]) as listener:
            Thread(target=_relay, args=(listener, port), daemon=True).start()
            enter = [
                "nsenter",
                f"--target={process.pid}",
                "--net",
                *([] if root else ["--user", "--preserve-credentials"]),
            ]
            yield Loopback(process.pid, enter)
            listener.shutdown(socket.SHUT_RDWR)
        ours.shutdown(socket.SHUT_RDWR)


def _relay(listener: socket.socket, port: int) -> None:
    with suppress(OSError):  # shut down
        while True:
            inside, _address = listener.accept()
            outside = socket.create_connection(("127.0.0.1", port))
            for one, other in ((inside, outside), (outside, inside)):
                Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    one.close()
