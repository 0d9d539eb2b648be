"""The telephone of `make demo`: a page rings us through the simulator as the demo has it, and an agent answers."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import expect

from interactions.adapters.twilio.client import client as twilio_client
from interactions.demo_phone import account
from interactions.management.commands.demo import NETWORK
from interactions.models import Interaction, Number
from interactions.routing.router import route
from tests.browser.customers import worker
from tests.browser.voices import LEE, MAYA, give_voice, wait_to_hear
from tests.browser.web import web_process
from tests.cast import make_entry_point
from tests.interleaving import wait_until

pytestmark = pytest.mark.usefixtures("valkey")
PUBLIC = "http://desk.example"


def free_ports(many: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _port in range(many)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="module")
def environment():
    api, signalling = free_ports(2)
    return account.environment(api=f"http://127.0.0.1:{api}", signalling=f"127.0.0.1:{signalling}")


@pytest.fixture(scope="module")
def web(django_db_setup, environment):
    with web_process(PUBLIC_BASE_URL=PUBLIC, **environment) as server:
        yield server


@pytest.fixture(scope="module")
def network(web, environment) -> Iterator[None]:
    """As `make demo` starts it, but for its ports."""
    ports = [environment[name].rpartition(":")[2] for name in ("TWILIO_API_BASE_URL", "TWILIO_SIGNALLING_HOST")]
    app = f"http://127.0.0.1:{web.port}"
    words = ["--api", ports[0], "--signalling", ports[1], "--app", app, "--public", PUBLIC]
    with subprocess.Popen([sys.executable, "-m", NETWORK, *words], cwd=settings.BASE_DIR) as process:
        yield
        process.terminate()


@pytest.fixture
def configured(environment, settings):
    """What our own thread does for a worker, it does as the demo's."""
    settings.PUBLIC_BASE_URL = PUBLIC
    for name, value in environment.items():
        setattr(settings, name, value)
    twilio_client.cache_clear()
    with worker():
        yield
    twilio_client.cache_clear()


def test_a_telephone_rings_us_and_both_hear_each_other(network, configured, queue, site, contexts, at_desk, maya):
    calls = make_entry_point(queue, "calls", channel="voice")
    greets = {"greeting": "Welcome.", "offers_call_back": True}
    number = Number.objects.create(number="+31201234567", calls=calls, **greets)
    number.menu.create(key="1", words="For help, press 1.", entry_point=calls)
    context = contexts()
    give_voice(context, LEE)
    page, errors = context.new_page(), []
    page.on("console", lambda line: line.type == "error" and errors.append(line.text))
    page.goto(f"{site}/demo/phone/")
    state, heard = page.locator(".handset__state > :not([hidden])"), page.get_by_role("log")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(state).to_contain_text("Choose with the keys")
    expect(heard).to_contain_text("Welcome.")
    page.keyboard.press("1")
    expect(state).to_contain_text("Waiting, with music")
    expect(heard).to_contain_text("You are next in line.")

    desk = at_desk(maya, MAYA)
    route()
    desk.get_by_role("button", name="Accept").click()
    expect(state).to_contain_text("Connected")
    wait_to_hear(page, MAYA)
    wait_to_hear(desk, LEE)
    desk.keyboard.press("Alt+h")
    expect(state).to_contain_text("On hold, with music")

    page.get_by_role("button", name="Hang up").click()
    expect(state).to_contain_text("You hung up")
    wait_until(lambda: Interaction.objects.get().state == "wrap_up")
    assert Interaction.objects.get().customer.name == "+31612345678"
    assert errors == []
