"""What a PostgreSQL that was killed leaves behind, and how the next start gets past it."""

import signal
import time
from pathlib import Path

import psutil

SESSIONS_END_WITHIN = 10


def clear(data: Path) -> None:
    """End a server that outlived its keeper; forget a pid file whose number now belongs to somebody else."""
    file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(file.read_text().split()[0]))
    except (OSError, ValueError, IndexError, psutil.Error):
        pass
    else:
        if _works_in(data, process) and _end(process):
            return
    file.unlink(missing_ok=True)
    # Sessions of a killed server end by themselves when they notice; a start before that is refused.
    until = time.monotonic() + SESSIONS_END_WITHIN
    while time.monotonic() < until and any(_works_in(data, process) for process in psutil.process_iter()):
        time.sleep(0.1)


def _end(process: psutil.Process) -> bool:
    for ending in [signal.SIGINT, signal.SIGQUIT]:
        try:
            process.send_signal(ending)
            process.wait(10)
        except psutil.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            pass
        return True
    return False


def _works_in(data: Path, process: psutil.Process) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(data.resolve())
    except psutil.Error:
        return False
