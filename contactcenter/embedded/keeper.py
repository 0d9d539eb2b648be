"""The process that holds one embedded server: it starts it, restarts it when it dies, stops it after the last user."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime

from contactcenter.embedded.server import EmbeddedError, Server, write_private
from contactcenter.embedded.sharing import lock
from contactcenter.supervise import die_with_parent

LOOK_EVERY = 0.1
START_WITHIN = 60
LOG_MAX_BYTES = 5_000_000


class Keeper:
    """Keeps one server up while anybody uses it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None
        self.told_to_stop = False

    def keep(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.server.remember()
        try:
            self._start_somewhere()
            failures = 0
            while not self._nobody_left():
                if self.process and self.process.poll() is not None:
                    self._say(f"{self.server.name} ended with {self.process.returncode}; starting it again")
                    time.sleep(min(0.1 * 2**failures, 5))
                    failures = 0 if self._start() else failures + 1
                time.sleep(LOOK_EVERY)
        finally:
            self._stop()

    def _start_somewhere(self) -> None:
        """On its old port if that is free, else on another."""
        self.server.prepare()
        for _ in range(3):
            if self._start():
                return
            self.server.move()
        raise EmbeddedError(f"{self.server.name} does not start.")

    def _start(self) -> bool:
        self.server.prepare()
        self.process = subprocess.Popen(
            self.server.command(),
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(self.server.stop_signal),
            **self.server.identity(),
        )
        until = time.monotonic() + START_WITHIN
        while self.process.poll() is None and time.monotonic() < until and not self.told_to_stop:
            if self.server.answers():
                state = {"keeper": os.getpid(), "server": self.process.pid}
                write_private(self.server.folder / "ready", json.dumps(state))
                return True
            time.sleep(0.02)
        self._stop()
        return False

    def _stop(self) -> None:
        (self.server.folder / "ready").unlink(missing_ok=True)
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.server.stop_signal)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _nobody_left(self) -> bool:
        if self.told_to_stop:
            return True
        try:
            # Kept until we die, so that whoever comes now waits for the server to be down.
            lock(self.server.folder / "users", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _on_signal(self, *_: object) -> None:
        self.told_to_stop = True

    def _say(self, what: str) -> None:
        sys.stderr.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} keeper: {what}\n")
        sys.stderr.flush()


def main(server: Server) -> None:
    """Go into the background holding the keeper's lock, and keep the server."""
    held = _become_the_one(server)
    if held is None or os.fork():
        return
    if server.log.stat().st_size > LOG_MAX_BYTES:
        os.truncate(server.log, 0)
    try:
        Keeper(server).keep()
    except EmbeddedError as error:
        sys.exit(str(error))
    finally:
        # Before `users`, which goes when we die: who gets that one must not take us for alive.
        os.close(held)


def _become_the_one(server: Server) -> int | None:
    until = time.monotonic() + 2
    while True:
        try:
            return lock(server.folder / "keeper", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Somebody who only looks holds it for a moment.
            if time.monotonic() > until:
                return None
            time.sleep(0.01)
