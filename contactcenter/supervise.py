"""Keep a few processes running: start them, start again what dies, end them together."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# One that has run this long is healthy again: its next death is its first.
HEALTHY_AFTER = 30.0
LONGEST_BACK_OFF = 10.0
END_WITHIN = 10.0


class Child:
    """One supervised process; what it prints goes to its log."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.name, self.command, self.env, self.log = name, command, env, log
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.started_at = 0.0
        self.due_at = 0.0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A Ctrl-C at the terminal is for us alone; we end the children in our own time.
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self.started_at = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Looks after its children for as long as somebody calls look()."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self.say = say

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def look(self) -> None:
        """Start again what has died, later each time it happens in a row."""
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                continue
            if child.process is not None:
                self._bury(child, child.process.returncode, now)
            if now >= child.due_at:
                child.start()

    def stop(self) -> None:
        """Ask all to end, then make them."""
        running = [child.process for child in self.children if child.process and child.alive]
        for process in running:
            process.terminate()
        until = time.monotonic() + END_WITHIN
        for process in running:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _bury(self, child: Child, code: int, now: float) -> None:
        child.deaths = 1 if now - child.started_at > HEALTHY_AFTER else child.deaths + 1
        pause = 0.0 if child.deaths == 1 else min(2.0 ** (child.deaths - 2), LONGEST_BACK_OFF)
        child.due_at = now + pause
        child.process = None
        when = f"in {pause:.0f} s" if pause else "now"
        self.say(f"{child.name} {_ending(code)}; starting it again {when} (log: {child.log})")


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For a child between fork and exec: get this signal when the parent dies, even by kill -9."""
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask_kernel() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(1, int(how))
            if os.getppid() != parent:
                os._exit(1)

    return ask_kernel
