"""The embedded servers, used by real processes in a folder of their own."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from contactcenter.embedded import account

ROOT = Path(__file__).resolve().parents[2]
USER = """
import os, sys
from contactcenter import embedded
embedded.join()
print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
sys.stdin.readline()
"""


class User:
    """A process that uses the servers until it is told to leave."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER],
            cwd=ROOT,
            env={"PATH": os.defpath, "VAR_DIR": os.fspath(var), "EMBEDDED_DURABLE": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._urls: list[str] = []

    @property
    def urls(self) -> list[str]:
        self._urls = self._urls or self.process.stdout.readline().split()
        assert len(self._urls) == 2
        return self._urls

    def query(self, sql: str) -> list[tuple]:
        with psycopg.connect(self.urls[0], autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def leave(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.communicate()


@pytest.fixture
def var(tmp_path) -> Iterator[Path]:
    folder = tmp_path / "a checkout" / "var"
    yield folder
    for name in ["postgresql", "valkey"]:
        eventually(lambda name=name: not (folder / name / "ready").exists())
    if (link := folder / "postgresql" / "data").is_symlink():
        subprocess.run(["rm", "-rf", link.readlink()], check=True)


def eventually(condition: Callable[[], object]) -> object:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError("waited in vain")


def state(var: Path, server: str) -> dict[str, int]:
    try:
        return json.loads((var / server / "ready").read_text())
    except FileNotFoundError:
        return {}


def test_processes_share_the_servers_and_the_last_one_out_stops_them(var):
    first, second = User(var), User(var)
    assert first.urls == second.urls
    first.leave()
    assert second.query("SELECT current_database()") == [("contactcenter",)]
    second.leave(signal.SIGKILL)
    eventually(lambda: not state(var, "postgresql") and not state(var, "valkey"))
    with pytest.raises(psycopg.OperationalError):
        second.query("SELECT 1")


def test_the_data_is_found_again(var):
    user = User(var)
    user.query("CREATE TABLE kept AS SELECT 41 AS answer")
    user.leave()
    again = User(var)
    assert again.query("SELECT answer FROM kept") == [(41,)]
    again.leave()


@pytest.mark.parametrize("server", ["postgresql", "valkey"])
def test_a_server_that_is_killed_comes_back_at_the_same_address(var, server):
    user = User(var)
    before = user.urls and state(var, server)
    os.kill(before["server"], signal.SIGKILL)
    eventually(lambda: state(var, server).get("server", before["server"]) != before["server"])
    assert user.query("SELECT 1") == [(1,)]
    user.leave()


def test_killing_the_keepers_leaves_nothing_that_blocks_the_next_start(var):
    user = User(var)
    user.query("CREATE TABLE kept AS SELECT 41 AS answer")
    for server in ["postgresql", "valkey"]:
        os.kill(state(var, server)["keeper"], signal.SIGKILL)
    user.leave(signal.SIGKILL)
    again = User(var)
    assert again.urls == user.urls
    assert again.query("SELECT answer FROM kept") == [(41,)]
    again.leave()


def test_a_pid_file_with_the_number_of_a_stranger_does_not_block_the_start(var):
    user = User(var)
    assert user.urls
    user.leave()
    eventually(lambda: not state(var, "postgresql"))
    data = (var / "postgresql" / "data").resolve()
    data = data / "data" if (data / "data").exists() else data
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n1\n\n127.0.0.1\n0 0\nready\n")
    again = User(var)
    assert again.query("SELECT 1") == [(1,)]
    again.leave()


def test_passwords_are_nobody_elses_business(var):
    user = User(var)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(user.urls[0].replace("contactcenter:", "contactcenter:x", 1))
    for file in [*var.glob("*/server.json"), var / "valkey" / "valkey.conf"]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in var.iterdir():
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    user.leave()


def test_a_closed_folder_above_the_checkout_stays_closed(var):
    above = var.parent.parent
    above.chmod(0o700)
    user = User(var)
    assert user.query("SELECT 1") == [(1,)]
    user.leave()
    assert stat.S_IMODE(above.stat().st_mode) == 0o700


def test_a_given_address_starts_nothing(var):
    given = {"DATABASE_URL": "postgres://db/x", "REDIS_URL": "redis://cache/1", "VAR_DIR": os.fspath(var)}
    done = subprocess.run(
        [sys.executable, "-c", USER], cwd=ROOT, env=given, input="\n", capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["postgres://db/x", "redis://cache/1"]
    assert not var.exists()


def test_roots_data_comes_along_with_a_moved_checkout_and_goes_with_a_deleted_one(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "HOME", tmp_path / "lib")
    monkeypatch.setattr(os, "chown", lambda *_: None)
    link, elsewhere = tmp_path / "one", tmp_path / "two"
    owner = account.pwd.getpwuid(os.getuid())
    account.data_folder(link, owner).mkdir()
    link.rename(elsewhere)
    assert account.data_folder(elsewhere, owner).exists(), "moved"
    elsewhere.unlink()
    assert not account.data_folder(elsewhere, owner).exists(), "deleted and cloned again"
