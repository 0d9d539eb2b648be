import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from contactcenter.supervise import Child, Supervisor

SLEEP = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(said):
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()


@pytest.fixture
def child(tmp_path):
    return lambda *command: Child("router", command, os.environ, tmp_path / "log" / "router.log")


def eventually(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def test_what_a_child_prints_goes_to_its_log(supervisor, child):
    supervisor.add(router := child(*SLEEP))
    eventually(lambda: router.log.read_text() == "up\n")


def test_one_that_is_killed_is_started_again_at_once_and_said_so(supervisor, child, said):
    supervisor.add(router := child(*SLEEP))
    first = router.process
    first.kill()
    first.wait()
    supervisor.look()
    assert router.alive
    assert router.process.pid != first.pid
    assert said == [f"router was ended by SIGKILL; starting it again now (log: {router.log})"]


def test_one_that_keeps_dying_is_started_later_each_time(supervisor, child, said):
    supervisor.add(router := child(sys.executable, "-c", "raise SystemExit(3)"))
    pauses = []
    for _ in range(3):
        router.due_at = 0.0
        router.process or router.start()
        router.process.wait()
        supervisor.look()
        pauses.append(max(0, round(router.due_at - time.monotonic())))
    assert pauses == [0, 1, 2]
    assert "ended with exit code 3" in said[0]


def test_stopping_ends_all_even_one_that_will_not_listen(supervisor, child, monkeypatch):
    monkeypatch.setattr("contactcenter.supervise.END_WITHIN", 0.2)
    supervisor.add(deaf := child(sys.executable, "-c", DEAF))
    supervisor.add(good := child(*SLEEP))
    eventually(lambda: deaf.log.read_text().count("up") == 2)
    supervisor.stop()
    assert (good.process.returncode, deaf.process.returncode) == (-signal.SIGTERM, -signal.SIGKILL)


def test_children_die_with_a_parent_that_is_killed(tmp_path):
    parent = f"""
import os, sys, time
from pathlib import Path
from contactcenter.supervise import Child, Supervisor
supervisor = Supervisor(print)
supervisor.add(Child("web", {SLEEP!r}, os.environ, Path({os.fspath(tmp_path)!r}) / "log"))
print(supervisor.children[0].process.pid, flush=True)
time.sleep(600)
"""
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.communicate()
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
