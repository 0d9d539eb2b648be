from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from interactions.adapters.twilio.client import client as twilio_client
from interactions.models import Number, Queue
from tests.cast import make_entry_point
from tests.twilio.contract import DESCRIPTION
from tests.twilio.server import Door, open_door
from tests.twilio.simulator import ACCOUNT, KEY, PUBLIC, SECRET, TOKEN, Twilio


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    if not DESCRIPTION.exists():
        pytest.skip("var/twilio has no description of Twilio's API: run `make twilio`")
    with open_door() as door:
        yield door


@pytest.fixture
def configured(settings: Any) -> None:
    """An installation with an account, which reaches nothing outside."""
    settings.PUBLIC_BASE_URL = PUBLIC
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKENS = ACCOUNT, [TOKEN]
    settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET = KEY, SECRET
    settings.TWILIO_APP_SID = "AP" + "5" * 32
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"


@pytest.fixture
def twilio(door: Door, configured: None, settings: Any) -> Iterator[Twilio]:
    """The simulator, new; at the end it has been asked nothing that Twilio would not have understood."""
    door.twilio = Twilio()
    settings.TWILIO_API_BASE_URL = door.url
    twilio_client.cache_clear()
    door.twilio.telephone.client = Client()
    yield door.twilio
    twilio_client.cache_clear()
    assert door.twilio.wrong == []


@pytest.fixture
def knock(twilio: Twilio) -> Callable[..., Any]:
    """`knock(path, form)`: a signed webhook comes in."""
    client = Client()
    return lambda path, form, **more: twilio.knock(client, path, form, **more)


@pytest.fixture
def number(queue: Queue) -> Number:
    """One of ours, for SMS and WhatsApp."""
    texts = make_entry_point(queue, "texts", channel="sms")
    whatsapp = make_entry_point(queue, "whatsapp", channel="whatsapp")
    return Number.objects.create(number="+3197010281234", texts=texts, whatsapp=whatsapp)
