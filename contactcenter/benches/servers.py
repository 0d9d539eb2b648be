"""Servers a bench starts for itself, on loopback, and ends again."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    def rss(self) -> int:
        """Resident memory in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def python(*arguments: str, **environment: str) -> Iterator[Server]:
    """A Python process listening on a socket we opened: `{fd}` in its arguments is that socket. It may be connected to
    at once, and no port can be taken from us meanwhile."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        fd, port = listener.fileno(), listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, *(argument.format(fd=fd) for argument in arguments)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"REDIS_URL": settings.REDIS_URL} | environment,
            pass_fds=[fd],
            stdout=2,
        )
    try:
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def daphne(application: str, *options: str, **environment: str):
    """daphne as in production, quiet."""
    return python("-m", "daphne", "--fd", "{fd}", "-v", "0", *options, application, **environment)
