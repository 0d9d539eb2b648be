"""S56: only what Twilio signed for this address and these words is let in."""

import hashlib
import json
import runpy
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from twilio.request_validator import RequestValidator

from interactions.adapters.twilio.signature import twilio_webhook
from tests.twilio.simulator import PUBLIC, TOKEN

pytestmark = pytest.mark.usefixtures("configured")
PATH = "/hooks/twilio/messages/"
FORM = {"MessageSid": "SM1", "Body": "Grüße 👋", "From": "+31612345678", "Empty": ""}


@twilio_webhook
def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("written")


def knock(form: Any = FORM, path: str = PATH, *, signed: Any = None, url: str = "", token: str = TOKEN, **more: Any):
    """A request; signed is the form the signature was made of, url the address."""
    algorithm = "HMAC_SHA256" if "sha256" in more.get("HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS", "").lower() else None
    form_signed = form if signed is None else signed
    signature = RequestValidator(token).compute_signature(url or PUBLIC + path, form_signed, algorithm)
    return view(RequestFactory().post(path, form, **({"HTTP_X_TWILIO_SIGNATURE": signature} | more))).status_code


def test_what_twilio_signed_is_let_in():
    assert knock() == 200
    assert knock(path=PATH + "?delivery=7&x=%20y") == 200
    assert knock({"From": ["b", "a", "a"]}, signed=QueryDict("From=b&From=a&From=a")) == 200


def test_it_is_the_public_address_that_was_signed_whatever_a_proxy_made_of_it():
    assert knock(HTTP_HOST="10.0.0.7:8001", SERVER_PORT="8001") == 200
    assert knock(url="https://desk.example:443" + PATH) == 200
    assert knock(HTTP_HOST="evil.example", url="https://evil.example" + PATH) == 403


def test_both_tokens_are_believed_while_one_is_exchanged_for_the_other(settings):
    settings.TWILIO_AUTH_TOKENS = ["the new one", TOKEN]
    assert knock() == knock(token="the new one") == 200
    settings.TWILIO_AUTH_TOKENS = ["the new one"]
    assert knock() == 403


def test_two_tokens_are_given_with_a_comma(monkeypatch, settings):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "old, new,")
    assert runpy.run_path(str(settings.BASE_DIR / "contactcenter" / "settings.py"))["TWILIO_AUTH_TOKENS"] == [
        "old",
        "new",
    ]


def test_the_newer_algorithm_is_known_and_an_unknown_one_is_refused():
    assert knock(HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS="key=k,algorithm=HMAC_SHA256") == 200
    assert knock(HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS="key=k,algorithm=NONE") == 403


@pytest.mark.parametrize(
    "forged",
    [
        {"form": FORM | {"Body": "Pay me"}, "signed": FORM},
        {"form": FORM | {"Extra": "1"}, "signed": FORM},
        {"path": PATH + "?delivery=8", "url": PUBLIC + PATH},
        {"url": PUBLIC + "/hooks/twilio/voice/"},
        {"url": "http://desk.example" + PATH},
        {"token": "guessed"},
        {"token": ""},
        {"HTTP_X_TWILIO_SIGNATURE": ""},
        {"HTTP_X_TWILIO_SIGNATURE": "AAAA"},
        {"HTTP_X_TWILIO_SIGNATURE": "ünï"},
    ],
)
def test_a_forged_request_is_refused(forged):
    assert knock(**forged) == 403


def test_without_a_token_every_request_is_refused(settings):
    settings.TWILIO_AUTH_TOKENS = []
    assert knock(token="") == 403


def test_what_is_not_a_form_counts_only_by_its_hash():
    body = json.dumps({"MessageSid": "SM1"})

    def post(path: str, content: bytes | str = body) -> int:
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, {})
        more = {"HTTP_X_TWILIO_SIGNATURE": signature}
        return view(RequestFactory().post(path, content, content_type="application/json", **more)).status_code

    hashed = f"{PATH}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    assert post(hashed) == 200
    assert post(hashed, body + " ") == 403
    assert post(hashed, b"\xff") == 403


def test_it_is_posted_or_not_at_all():
    assert view(RequestFactory().get(PATH)).status_code == 405
