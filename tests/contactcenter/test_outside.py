"""S47: however an address of the house is spelled, and whatever a name leads to, nobody is sent there."""

import json
import socket
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from contactcenter import outside
from contactcenter.outside import NotOutside, connect, may_reach

SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "2130706433",
    "017700000001", "0177.0.0.1", "0177.1", "localhost", "localhost.", "LOCALHOST", "0", "0.0.0.0", "::1", "::",
    "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "::ffff:a9fe:a9fe", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "fe80::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "fc00::1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
def test_s47_no_spelling_leads_into_the_house(host):
    with pytest.raises((NotOutside, socket.gaierror)) as refused:
        connect((host, 1), 0.1)
    # What the system cannot read as an address leads nowhere either.
    if isinstance(refused.value, NotOutside):
        assert "127" not in str(refused.value)
        assert "169" not in str(refused.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_world_is_outside(address):
    assert may_reach("mail.example", address)


@pytest.mark.parametrize("allowed", ["imap.house.example", "IMAP.house.example", "10.0.0.0/8", "10.1.2.3"])
def test_what_is_allowed_by_name_or_network_is_reached(allowed, settings):
    settings.PRIVATE_HOSTS_ALLOWED = [allowed]
    assert may_reach("imap.house.example", "10.1.2.3")
    assert not may_reach("other.example", "192.168.0.1")


def test_a_name_that_leads_elsewhere_a_moment_later_is_asked_once(monkeypatch):
    asked = []

    def resolve(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(NotOutside):
        connect(("rebinding.example", 1), 0.1)
    assert asked == ["rebinding.example"]


@pytest.fixture
def server():
    """Answers with JSON, or sends on to another address of the house."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            sends_on = self.path == "/on"
            self.send_response(302 if sends_on else 200)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            self.wfile.write(json.dumps({"ok": True}).encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_tokens_are_asked_for_outside_and_straight(server, settings):
    ask = urllib.request.Request(f"{server}/token", b"x")
    with pytest.raises(urllib.error.URLError, match="within our own network"):
        outside.urlopen(ask, 2)
    settings.PRIVATE_HOSTS_ALLOWED = ["127.0.0.1"]
    with outside.urlopen(ask, 2) as answer:
        assert json.load(answer) == {"ok": True}
    with pytest.raises(urllib.error.HTTPError):
        outside.urlopen(urllib.request.Request(f"{server}/on", b"x"), 2)
    with pytest.raises(urllib.error.URLError):
        outside.urlopen(urllib.request.Request("file:///etc/passwd"), 2)
