"""A whole contact centre of one's own for a while: Valkey, web, router and worker, supervised as under `make demo`."""

import asyncio
import os
import random
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from contactcenter.embedded.server import PORTS, free
from contactcenter.embedded.valkey import Valkey
from contactcenter.supervise import Child, Supervisor

PYTHON = sys.executable
START_WITHIN = 30


class Centre:
    """Works on the database this process is connected to; whatever dies is started again."""

    def __init__(self, folder: Path, *, webs: int = 1, **environment: str) -> None:
        """`webs`: how many web processes, each at an address of its own; who asks takes turns, as a proxy does."""
        self.folder, self.environment = folder, environment
        # Not the first free ones: another centre may be starting at the same moment.
        self.ports = list(islice((port for port in random.sample(PORTS, len(PORTS)) if free(port)), webs))
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.url = self.urls[0]
        self.said: list[str] = []
        self._killed: dict[str, int] = {}
        self._valkey = Valkey(folder / "valkey")
        self._supervisor = Supervisor(self.said.append)

    def start(self) -> None:
        self._valkey.folder.mkdir(parents=True)
        self._valkey.remember()
        self._add("valkey", *self._valkey.command())
        self._await(self._valkey.answers)
        pings = ("--ping-interval", "20", "--ping-timeout", "30")
        for nth, port in enumerate(self.ports):
            where = ("-b", "127.0.0.1", "-p", str(port), "-v", "0")
            self._add(
                "web" if nth == 0 else f"web {nth + 1}",
                PYTHON,
                "-m",
                "daphne",
                *where,
                *pings,
                "contactcenter.asgi:application",
            )
        self._add("router", PYTHON, "manage.py", "router")
        self._add("worker", PYTHON, "manage.py", "rqworker", "default")
        self._await(self._answers)

    def stop(self) -> None:
        self._supervisor.stop()

    def kill(self, name: str) -> None:
        """kill -9, without a word."""
        process = self._child(name).process
        assert process
        self._killed[name] = process.pid
        process.kill()

    def up_again(self, name: str) -> bool:
        """Whether another process has taken the place of the one that was killed, and serves."""
        child = self._child(name)
        if not child.alive or not child.process or child.process.pid == self._killed[name]:
            return False
        return {"web": self._answers, "valkey": self._valkey.answers}.get(name.partition(" ")[0], lambda: True)()

    async def look_after(self) -> None:
        while True:
            self._supervisor.look()
            await asyncio.sleep(0.1)

    def _child(self, name: str) -> Child:
        return next(child for child in self._supervisor.children if child.name == name)

    def _add(self, name: str, *command: str) -> None:
        self._supervisor.add(Child(name, command, self._environment(), self.folder / f"{name}.log"))

    def _environment(self) -> dict[str, str]:
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        return os.environ | {
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": self._valkey.url,
            "PUBLIC_BASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings.SETTINGS_MODULE),
            "VISITS_PER_MINUTE": "100000",  # all of our visitors have the same address
            "PYTHONPATH": str(settings.BASE_DIR),
            **self.environment,
        }

    def _await(self, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + START_WITHIN
        while not ready():
            if time.monotonic() > until:
                raise TimeoutError(f"not ready within {START_WITHIN} s; see {self.folder}")
            self._supervisor.look()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            for url in self.urls:
                with urllib.request.urlopen(f"{url}/login/", timeout=1) as response:
                    if response.status != 200:
                        return False
        except OSError:
            return False
        return True


@asynccontextmanager
async def looked_after(centre: Centre) -> AsyncIterator[Centre]:
    """Have the supervisor look while the block runs."""
    watch = asyncio.create_task(centre.look_after())
    try:
        yield centre
    finally:
        watch.cancel()
