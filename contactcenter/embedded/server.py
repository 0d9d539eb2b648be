"""What PostgreSQL and Valkey have in common as servers that we start ourselves."""

import json
import os
import random
import secrets
import signal
import socket
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

# Below the range from which the kernel gives outgoing connections their ports, so that a server which
# is restarted finds its old port free and its users need no new URL.
PORTS = range(20_000, 32_000)


class EmbeddedError(Exception):
    """A server of ours does not start, said in a sentence for the person at the keyboard."""


class Server(ABC):
    """One server of one checkout: its folder, port, password and how to start it."""

    name: str
    variable: str
    stop_signal: signal.Signals

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.password = ""

    @property
    @abstractmethod
    def url(self) -> str:
        """What goes into the environment."""

    def prepare(self) -> None:  # noqa: B027 - not every server has something to prepare
        """Everything needed before a start: an empty database, leftovers of a crash out of the way."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments."""

    def identity(self) -> dict[str, Any]:
        """Who the program runs as, in the words of subprocess.Popen."""
        return {}

    @abstractmethod
    def answers(self) -> bool:
        """Whether the program that was started takes connections."""

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def remember(self) -> None:
        """Read port and password of earlier runs, or choose them."""
        file = self.folder / "server.json"
        if file.exists():
            known = json.loads(file.read_text())
            self.port, self.password = known["port"], known["password"]
        else:
            self.password = secrets.token_urlsafe(24)
            self.move()

    def move(self) -> None:
        """Take another free port."""
        self.port = next(port for port in random.sample(PORTS, 1000) if free(port))
        write_private(self.folder / "server.json", json.dumps({"port": self.port, "password": self.password}))


def free(port: int) -> bool:
    """Whether nobody listens on the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_private(file: Path, text: str) -> None:
    """Replace a file at once, readable by its owner alone from the first byte."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    draft.replace(file)
