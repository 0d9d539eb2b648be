"""PostgreSQL and Valkey of our own, for whoever has set no DATABASE_URL or REDIS_URL.

They are the same software as in production, taken from wheels, so there is one code path and nothing to
install. Each server is held by a small keeper process (keeper.py) that restarts it when it dies and stops it
when its last user is gone; being a user is holding a shared lock on a file, which the kernel lets go of even
after kill -9. So any number of processes of one checkout share the servers, no one has to be the owner, and
nothing is ever left behind. Another checkout has other files, ports and passwords.

Everything lies in var/<server>/, except PostgreSQL's data when we are root: see account.py.
"""

import os
from pathlib import Path

from contactcenter.embedded.postgresql import PostgreSQL
from contactcenter.embedded.server import EmbeddedError, Server
from contactcenter.embedded.sharing import leave, share
from contactcenter.embedded.valkey import Valkey

__all__ = ["SERVERS", "EmbeddedError", "Server", "join", "leave", "var_dir"]

SERVERS: dict[str, type[Server]] = {"postgresql": PostgreSQL, "valkey": Valkey}

_ours: set[str] = set()


def var_dir() -> Path:
    """The folder of this checkout's data."""
    return Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parents[2] / "var").absolute()


def join() -> list[str]:
    """Make sure both servers run and are in the environment; returns the names of those that are embedded.

    Calling it again brings back a keeper that was killed, on the same port.
    """
    for name, kind in SERVERS.items():
        if name in _ours or not os.environ.get(kind.variable):
            os.environ[kind.variable] = share(kind(var_dir() / name)).url
            _ours.add(name)
    return [name for name in SERVERS if name in _ours]
