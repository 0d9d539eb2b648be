"""PostgreSQL and Valkey of our own, for whoever has set no DATABASE_URL or REDIS_URL.

They are the same software as in production, taken from wheels, so there is one code path and nothing to
install. Each server is held by a small keeper process (keeper.py) that restarts it when it dies and stops it
when its last user is gone; being a user is holding a shared lock on a file, which the kernel lets go of even
after kill -9. So any number of processes of one checkout share the servers, no one has to be the owner, and
nothing is ever left behind. Another checkout has other files, ports and passwords.

Everything lies in var/<server>/, except PostgreSQL's data when we are root: see account.py.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from contactcenter.embedded.postgresql import PostgreSQL
from contactcenter.embedded.server import EmbeddedError, Server, write_private
from contactcenter.embedded.sharing import leave, share
from contactcenter.embedded.valkey import Valkey

__all__ = ["SERVERS", "EmbeddedError", "Server", "join", "leave", "var_dir"]

SERVERS: dict[str, type[Server]] = {"postgresql": PostgreSQL, "valkey": Valkey}

_ours: set[str] = set()


def var_dir() -> Path:
    """The folder of this checkout's data."""
    return Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parents[2] / "var").absolute()


def join(say: Callable[[str], object] = lambda _: None) -> list[str]:
    """Make sure both servers run and are in the environment; returns the names of those that are embedded.

    Calling it again brings back a keeper that was killed, on the same port.
    """
    for name, kind in SERVERS.items():
        if name in _ours or not os.environ.get(kind.variable):
            os.environ[kind.variable] = share(kind(var_dir() / name), say).url
            _ours.add(name)
    if "postgresql" in _ours and not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = _own_secret()
    return [name for name in SERVERS if name in _ours]


def _own_secret() -> str:
    """With a database of our own goes a secret of our own, the same in every process of the checkout."""
    file = var_dir() / "postgresql" / "secret_key"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(50))
    return file.read_text()
