"""Using a server together: a shared lock while we use it, a keeper started by whoever comes first.

Three lock files in the server's folder. `users`: every user holds it shared; the keeper that gets it alone
knows that nobody is left. `keeper`: held by the keeper while it lives. `start`: held while somebody looks
and starts one.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from contactcenter.embedded.server import EmbeddedError, Server

ROOT = Path(__file__).resolve().parents[2]
# The first start makes a database cluster; a slow disk gets its time.
PATIENCE = 90

_held: dict[Server, int] = {}


def share[S: Server](server: S, say: Callable[[str], object]) -> S:
    """Become a user of the server, started if nobody has; it stays up for as long as this process lives."""
    server.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(known.folder == server.folder for known in _held):
        # Waits here while a keeper that saw nobody left is shutting down.
        _held[server] = lock(server.folder / "users", fcntl.LOCK_SH)
    with _locked(server.folder / "start"):
        if not kept(server):
            say(server.name)
            _start_keeper(server)
        until = time.monotonic() + PATIENCE
        while not (server.folder / "ready").exists():
            if not kept(server):
                raise EmbeddedError(f"The embedded {server.name} does not start. {_last_words(server)}")
            if time.monotonic() > until:
                raise EmbeddedError(f"The embedded {server.name} takes too long to start; see {server.log}.")
            time.sleep(0.02)
        server.remember()
    return server


def leave() -> None:
    """Stop using the servers, and wait until those that nobody else uses have stopped."""
    left = [*_held]
    for server in left:
        os.close(_held.pop(server))
    for server in left:
        _await_end(server)


def kept(server: Server) -> bool:
    """Whether a keeper of this server is alive."""
    return not _available(server.folder / "keeper", fcntl.LOCK_EX)


def lock(file: Path, how: int) -> int:
    """Lock a file until the descriptor that comes back is closed or we die."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    descriptor = lock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _start_keeper(server: Server) -> None:
    """Start one; the command returns when the keeper has gone into the background holding its lock."""
    (server.folder / "ready").unlink(missing_ok=True)
    with server.log.open("a") as log:
        subprocess.run(
            [sys.executable, "-m", "contactcenter.embedded", server.name, server.folder],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )


def _await_end(server: Server) -> None:
    """Wait for the keeper to end, unless others still use the server."""
    users = server.folder / "users"
    until = time.monotonic() + 25
    while kept(server) and time.monotonic() < until:
        if not _available(users, fcntl.LOCK_EX) and _available(users, fcntl.LOCK_SH):
            return
        time.sleep(0.05)


def _available(file: Path, how: int) -> bool:
    try:
        os.close(lock(file, how | fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def _last_words(server: Server) -> str:
    lines = server.log.read_text(errors="replace").splitlines() if server.log.exists() else []
    return "\n".join([f"Its last words, from {server.log}:", *lines[-8:]])
