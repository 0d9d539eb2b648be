"""An open screen of somebody who lost the right to it closes within seconds, whatever became of the push."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from agents import watch
from agents.models import Agent, Person
from contactcenter.asgi import application
from contactcenter.realtime import hub, in_db
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]

type SignIn = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def sign_in(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SignIn]:
    """Open a screen through every door it has in production, with all pushes lost and a quick watch."""
    monkeypatch.setattr(watch, "EVERY", 0.05)
    monkeypatch.setattr("agents.models.person.push", lambda group, event: None)
    opened: list[WebsocketCommunicator] = []

    async def sign_in(person: Person, path: str, client: Client | None = None) -> WebsocketCommunicator:
        client = client or Client()
        await in_db(client.force_login, person)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        headers = [(b"host", b"testserver"), (b"origin", b"http://localhost"), (b"cookie", cookie.encode())]
        browser = WebsocketCommunicator(application, path, headers=headers)
        opened.append(browser)
        await browser.connect(timeout=5)
        return browser

    yield sign_in
    for browser in opened:
        await browser.disconnect(timeout=5)
    if rounds := watch.get_watch()._rounds:
        await rounds
    await hub.get_hub().close()
    hub._hubs.clear()


async def closed_with(browser: WebsocketCommunicator) -> int:
    while (message := await browser.receive_output(timeout=5))["type"] != "websocket.close":
        pass
    return int(message["code"])


def deactivate(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


def change_role(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(role="administrator", is_staff=True, is_superuser=True)


def change_password(person: Person) -> None:
    person.set_password(PASSWORD + "!")
    Person.objects.filter(pk=person.pk).update(password=person.password)


@pytest.mark.parametrize("change", [deactivate, change_role, change_password])
async def test_s5_a_desk_closes_when_its_person_changed(sign_in: SignIn, maya: Agent, change: Any) -> None:
    browser = await sign_in(maya.person, "/ws/desk/")
    await in_db(change, maya.person)
    assert await closed_with(browser) == watch.ASK_AGAIN


async def test_s5_what_is_left_open_after_signing_out_closes(sign_in: SignIn, maya: Agent, client: Client) -> None:
    browser = await sign_in(maya.person, "/ws/desk/", client)
    await in_db(client.post, "/logout/")
    assert await closed_with(browser) == watch.ASK_AGAIN
    again = await sign_in(maya.person, "/ws/desk/")
    assert await again.receive_nothing(timeout=0.3)  # who may stay does


async def test_s5_a_wallboard_closes_too(sign_in: SignIn, sam: Person) -> None:
    browser = await sign_in(sam, "/ws/wallboard/")
    await in_db(deactivate, sam)
    assert await closed_with(browser) == watch.ASK_AGAIN


async def test_s5_the_door_is_closed_for_whoever_was_deactivated(sign_in: SignIn, maya: Agent) -> None:
    await in_db(deactivate, maya.person)
    assert await closed_with(await sign_in(maya.person, "/ws/desk/")) == 4401


async def test_one_round_takes_two_queries_however_many_screens(
    sign_in: SignIn, maya: Agent, omar: Agent, sam: Person, django_assert_num_queries: Any
) -> None:
    for person, path in ((maya.person, "desk"), (omar.person, "desk"), (sam, "wallboard")):
        await sign_in(person, f"/ws/{path}/")
    rights = list(watch.get_watch().screens.values())
    assert len(rights) == 3

    def count() -> None:
        with django_assert_num_queries(2):
            assert watch.still_given(rights) == set(rights)

    await in_db(count)


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", b"http://localhost.evil.example", None])
@pytest.mark.parametrize("path", ["/ws/desk/", "/ws/wallboard/"])
async def test_s7_a_page_of_another_site_opens_no_screen(maya: Agent, path: str, origin: bytes | None) -> None:
    client = Client()
    await in_db(client.force_login, maya.person)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())] + ([(b"origin", origin)] if origin else [])
    connected, _ = await WebsocketCommunicator(application, path, headers=headers).connect(timeout=5)
    assert not connected
