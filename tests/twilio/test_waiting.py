"""A line of the simulator in which nobody presses a key, where saying something takes time."""

from types import SimpleNamespace

import pytest

from tests.twilio.simulator import Twilio

AGAIN = "<Redirect>/line/</Redirect>"
LINE = "<Gather action='/key/' timeout='1'><Say>You are next.</Say><Play>/a.wav</Play></Gather>" + AGAIN
MENU = "<Gather action='/menu/' timeout='6' actionOnEmptyResult='true'><Say>Press 1.</Say></Gather>"


class App:
    """Answers each address with this TwiML, and keeps what it was asked."""

    def __init__(self, **answers: str) -> None:
        self.answers, self.asked = answers, []

    def post(self, path, form, **_headers):
        self.asked.append((path, form.get("Digits")))
        said = self.answers[path.strip("/").replace("/", "_")]
        return SimpleNamespace(status_code=200, content=f"<Response>{said}</Response>".encode())


@pytest.fixture
def telephone():
    telephone = Twilio(checked=False).telephone
    telephone.letter_takes = 0.1
    return telephone


def test_the_menu_is_told_that_no_key_was_pressed(telephone):
    telephone.client = App(hooks_twilio_voice=MENU, menu="<Hangup/>")
    line = telephone.ring()
    assert line.keys_until - line.waits_until == 6
    telephone.go_on(line)
    assert telephone.client.asked[-1] == ("/menu/", "")
    assert line.over


def test_in_line_one_hears_the_place_anew(telephone):
    telephone.client = App(hooks_twilio_voice="<Enqueue action='/after/' waitUrl='/line/'>x</Enqueue>", line=LINE)
    line = telephone.ring()
    telephone.go_on(line)
    assert (line.gathers, line.goes_on) == ("", "/line/")
    telephone.fetch(line, line.goes_on)
    assert line.heard == ["You are next.", "♪", "→ /line/", "You are next.", "♪"]
    assert line.gathers == "/key/"
