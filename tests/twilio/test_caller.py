"""What a page that is a telephone is told by the simulator; its sound is listened to by the browser test."""

import json
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.twilio.exchange import Exchange
from tests.twilio.simulator import Twilio

OURS, THEIRS, SITE = "+31201234567", "+31612345678", "http://127.0.0.1:8000"


class App:
    """Answers every webhook alike, and keeps what it was told."""

    def __init__(self) -> None:
        self.status, self.twiml, self.told = 200, "<Say>We are closed.</Say><Reject/>", []

    def post(self, path: str, form: dict[str, str], **_headers: str) -> SimpleNamespace:
        self.told.append((path, form))
        return SimpleNamespace(status_code=self.status, content=f"<Response>{self.twiml}</Response>".encode())


@pytest.fixture
def exchange():
    exchange = Exchange(Twilio(checked=False), socket.create_server(("127.0.0.1", 0)), [SITE])
    exchange.telephone.client = App()
    with exchange.open():
        yield exchange


@pytest.fixture
def page(exchange):
    with connect(f"ws://{exchange.host}/caller", origin=SITE) as page:
        say(page, "here", number=THEIRS)
        yield page


def say(page: ClientConnection, kind: str, **more: str) -> None:
    page.send(json.dumps({"type": kind} | more))


def hear(page: ClientConnection) -> dict[str, Any]:
    return json.loads(page.recv(10))


def test_a_page_of_another_site_is_not_let_in(exchange):
    with pytest.raises(InvalidStatus):
        connect(f"ws://{exchange.host}/caller", origin="https://evil.example")


def test_what_is_said_is_told_and_then_why_it_is_over(exchange, page):
    say(page, "call", to=OURS, sdp="")
    assert hear(page) == {"type": "said", "words": "We are closed."}
    assert hear(page) == {"type": "over", "why": "refused"}
    path, form = exchange.telephone.client.told[0]
    assert (path, form["From"], form["To"]) == ("/hooks/twilio/voice/", THEIRS, OURS)


def test_a_number_that_is_none_of_ours_does_not_go_through(exchange, page):
    exchange.telephone.client.status = 404
    say(page, "call", to=OURS, sdp="")
    assert hear(page) == {"type": "over", "why": "failed"}


def test_it_rings_when_it_is_called_and_may_be_left_to_ring(exchange, page):
    form = {"From": OURS, "To": THEIRS, "StatusCallback": "/rung/", "Timeout": "40"}
    first = exchange.telephone.rung_for("room", "customer", form)
    assert hear(page) == {"type": "rings", "caller": OURS}
    say(page, "hang_up")
    assert hear(page) == {"type": "over", "why": "mine"}
    exchange.telephone.rung_for("room", "customer", form | {"Timeout": "1"})
    assert hear(page) == {"type": "rings", "caller": OURS}
    assert hear(page) == {"type": "over", "why": "missed"}
    told = [form["CallStatus"] for path, form in exchange.telephone.client.told if path == "/rung/"]
    assert (told, first.over) == (["busy", "no-answer"], True)
