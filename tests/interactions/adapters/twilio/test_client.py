"""What we ask of Twilio, and what we may conclude from the answer."""

import pytest
import requests

from interactions.adapters.twilio.client import Busy, NotAsked, OneHost, Refused, Unsure, asking, client, fetch, here
from tests.twilio.simulator import Answer

SMS = {"to": "+31612345678", "from_": "+3197010281234", "body": "Hello"}


def test_a_message_is_created_at_the_address_that_is_configured(twilio):
    made = client().messages.create(**SMS)
    assert twilio.messages[made.sid]["body"] == "Hello"


@pytest.mark.parametrize(
    "url",
    [
        "https://content.twilio.com/v1/Content",
        "https://api.dublin.ie1.twilio.com/2010-04-01/Accounts.json",
        "http://api.twilio.com/2010-04-01/Accounts.json",
        "https://api.twilio.com:8443/2010-04-01/Accounts.json",
        "https://api.twilio.com@127.0.0.1/x",
        "https://api.twilio.com.example.org/x",
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize("base", ["", "http://127.0.0.1:9"])
def test_another_host_is_an_error_and_is_not_asked(settings, monkeypatch, url, base):
    settings.TWILIO_API_BASE_URL = base
    monkeypatch.setattr(requests.Session, "send", lambda *args, **kwargs: pytest.fail("something was asked"))
    with pytest.raises(NotAsked):
        OneHost().request("GET", url)
    with pytest.raises(NotAsked):
        fetch(url, at_most=10)


def test_without_a_setting_it_is_twilio_that_is_asked(settings):
    settings.TWILIO_API_BASE_URL = ""
    assert here("https://api.twilio.com/2010-04-01/x?y=1") == "https://api.twilio.com/2010-04-01/x?y=1"
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    assert here("https://api.twilio.com/2010-04-01/x?y=1") == "http://127.0.0.1:9/2010-04-01/x?y=1"


def test_every_request_has_a_time_out(configured, monkeypatch):
    seen = []

    def send(*_args, timeout, **_kwargs):
        seen.append(timeout)
        raise requests.ReadTimeout

    monkeypatch.setattr(requests.Session, "send", send)
    with pytest.raises(Unsure), asking():
        OneHost().request("POST", "https://api.twilio.com/2010-04-01/x")
    with pytest.raises(Unsure):
        fetch("https://api.twilio.com/2010-04-01/x", at_most=10)
    assert seen == [10, 10]


@pytest.mark.parametrize(
    ("fault", "outcome", "done"), [("busy", Busy, 0), ("broken", Unsure, 0), ("lost", Unsure, 1), ("21610", Refused, 0)]
)
def test_a_failure_says_whether_it_may_have_happened_and_nothing_is_tried_twice(twilio, fault, outcome, done):
    twilio.faults.append(fault)
    with pytest.raises(outcome), asking():
        client().messages.create(**SMS)
    assert len(twilio.messages) == done
    assert len(twilio.asked) == 1


def test_what_nobody_listens_to_has_not_happened(configured):
    client.cache_clear()
    with pytest.raises(Busy), asking():
        client().messages.create(**SMS)
    client.cache_clear()


def test_a_refusal_carries_twilios_number(twilio):
    twilio.faults.append("21610")
    with pytest.raises(Refused) as refusal, asking():
        client().messages.create(**SMS)
    assert refusal.value.code == 21610


def test_what_twilio_would_not_understand_fails_here_too(twilio):
    with pytest.raises(Refused), asking():
        client().messages.create(to="+31612345678", body="from nobody")
    assert twilio.wrong == ["a message without a sender"]
    twilio.wrong.clear()


def test_a_file_is_fetched_with_our_name_and_from_its_place_without(twilio):
    url = twilio.keep(b"\x89PNG", "image/png")
    assert fetch(url, at_most=10) == b"\x89PNG"
    with pytest.raises(Refused, match="large"):
        fetch(url, at_most=3)
    with pytest.raises(Refused):
        fetch(url + "0", at_most=10)


@pytest.mark.parametrize(
    "place", ["http://169.254.169.254/latest", "https://twiliocdn.com.example.org/x", "https://eviltwiliocdn.com/x"]
)
def test_a_file_that_is_said_to_be_elsewhere_is_not_fetched_there(twilio, place):
    url = twilio.keep(b"secret", "text/plain")
    elsewhere = ("GET", r"/Messages/\w+/Media/(\w+)", lambda *_: Answer(307, headers={"Location": place}))
    twilio.routes.insert(0, elsewhere)
    with pytest.raises(NotAsked):
        fetch(url, at_most=10)
