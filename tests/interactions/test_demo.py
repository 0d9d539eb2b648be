"""The whole centre from one command, as somebody at a terminal has it."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.interleaving import wait_until

ROOT = Path(__file__).resolve().parents[2]


class Demo:
    def __init__(self, var: Path, port: int) -> None:
        self.said = ""
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--no-customers", "--port", str(port)],
            cwd=ROOT,
            env={"PATH": os.defpath, "VAR_DIR": os.fspath(var), "EMBEDDED_DURABLE": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # As a terminal does it: a Ctrl-C goes to a whole group, of which we are no part.
            start_new_session=True,
        )

    def hear(self, words: str) -> str:
        """Read on until a line has these words."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"never said {words!r}, but:\n{self.said}")

    def child(self, word: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if word in " ".join(child.cmdline()))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=20) as answer:
            return answer.read().decode()


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "var"
    yield folder
    if (link := folder / "postgresql" / "data").is_symlink():
        subprocess.run(["rm", "-rf", link.readlink()], check=True)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def demo(var, port):
    demo = Demo(var, port)
    yield demo
    if demo.process.poll() is None:
        demo.process.kill()
        demo.process.communicate()


def test_it_opens_replaces_what_dies_and_leaves_nothing_behind(demo, var, port):
    demo.hear("Ctrl-C ends it")
    for login in ["maya", "omar", "ines", "sam", "admin", "demo"]:
        assert login in demo.said
    assert "visit/" in re.search(r"Customer's chat +(\S+)", demo.said)[1]
    address, mail_port = re.search(r"Mail to +(\S+) by SMTP on 127.0.0.1:(\d+)", demo.said).groups()
    with smtplib.SMTP("127.0.0.1", int(mail_port)) as client:
        assert client.sendmail("lee@example.org", address, "From: lee@example.org\r\nSubject: Lamp\r\n\r\nHello") == {}
    mailbox = urlsplit(re.search(r"Mail the centre sends +(\S+)", demo.said)[1]).path
    wait_until(lambda: "lee@example.org" in demo.get(mailbox))  # that the mail has come

    demo.child(" router").kill()
    assert "router was ended by SIGKILL; starting it again" in demo.hear("router")

    family = psutil.Process(demo.process.pid).children(recursive=True)
    demo.process.kill()
    demo.process.communicate()

    # Nothing of the killed one stands in the way.
    again = Demo(var, port)
    again.hear("Ctrl-C ends it")
    assert not [child for child in family if child.is_running()]
    assert "<form" in again.get("/login/")

    family = psutil.Process(again.process.pid).children(recursive=True)
    os.killpg(again.process.pid, signal.SIGINT)
    again.hear("Everything has ended")
    assert again.process.wait(20) == 0
    assert not [child for child in family if child.is_running()]


def test_a_busy_port_gives_one_sentence_and_a_way_out(var, port):
    with socket.create_server(("127.0.0.1", port)):
        demo = Demo(var, port)
        sentence = demo.hear("Port")
        if "in use" not in sentence:
            sentence = demo.hear("in use")
        assert f"make demo PORT={port + 1}" in sentence
        demo.process.communicate()
        assert demo.process.returncode == 1
