"""An agent's socket: the right person in, the wrong one out, and presence that follows the connection."""

import asyncio
import json
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from agents.models import Agent, Lease, Person
from contactcenter.realtime import in_db, push
from interactions.consumers import NO_ACCESS, SIGNED_OUT, DeskConsumer
from interactions.models import Interaction
from tests.cast import make_offer
from tests.screens import Connect, Connecting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]


@pytest.fixture
def connect(connecting: Connecting) -> Connect:
    return connecting(DeskConsumer)


def fresh(person: Person) -> Person:
    return Person.objects.select_related("agent").get(pk=person.pk)


@pytest.fixture
def maya_alone(maya: Agent) -> Agent:
    """Maya before she opens any desk."""
    maya.leases.all().delete()
    return maya


async def shown(browser: WebsocketCommunicator, words: str) -> str:
    """Whatever is pushed, until these words are among it."""
    while True:
        html = await browser.receive_from(timeout=5)
        if words in html:
            return html


async def closed_with(browser: WebsocketCommunicator) -> int:
    while (message := await browser.receive_output(timeout=5))["type"] != "websocket.close":
        pass
    return message["code"]


async def test_an_open_desk_is_presence_and_a_closed_one_is_its_end(connect, maya_alone):
    browser = await connect(await in_db(fresh, maya_alone.person))
    assert await in_db(Lease.objects.live().filter(agent=maya_alone).count) == 1
    await browser.disconnect(timeout=5)
    assert await in_db(Lease.objects.filter(agent=maya_alone).count) == 0
    await in_db(maya_alone.refresh_from_db)
    assert maya_alone.gone_since


async def test_two_devices_are_two_leases(connect, maya_alone):
    first = await connect(await in_db(fresh, maya_alone.person))
    await connect(await in_db(fresh, maya_alone.person))
    await first.disconnect(timeout=5)
    await in_db(maya_alone.refresh_from_db)
    assert maya_alone.gone_since is None


async def test_who_is_not_signed_in_or_no_agent_is_told_so(connect, sam):
    assert await closed_with(await connect(AnonymousUser())) == SIGNED_OUT
    assert await closed_with(await connect(await in_db(fresh, sam))) == NO_ACCESS


async def test_an_offer_rings_on_the_desk_it_is_for_and_on_no_other(connect, maya, omar, chat):
    mayas, omars = await connect(await in_db(fresh, maya.person)), await connect(await in_db(fresh, omar.person))
    offer = await in_db(make_offer, chat, maya)
    await in_db(push, maya.screen, {"type": "screen.refresh", "what": "offers", "id": chat.pk})
    assert "Accept" in await shown(mayas, f"offer-{offer.pk}")
    while not await omars.receive_nothing(timeout=0.3):
        assert f"offer-{offer.pk}" not in await omars.receive_from()


async def test_several_lines_at_once_all_arrive(connect, maya, talk):
    browser = await connect(await in_db(fresh, maya.person))
    await asyncio.gather(*(in_db(hear, talk, f"line {number}") for number in range(5)))
    seen = ""
    while not all(f"line {number}" in seen for number in range(5)):
        seen += await browser.receive_from(timeout=5)
    assert f'hx-target="#messages-{talk.pk}"' in seen


def hear(talk: Interaction, text: str) -> None:
    Interaction.objects.get(pk=talk.pk).hear(text)


async def test_a_conversation_handed_on_leaves_the_desk(connect, maya, talk, billing):
    browser = await connect(await in_db(fresh, maya.person))
    await in_db(lambda: talk.transfer_to(billing, by=maya))
    html = await shown(browser, "no longer with you")
    assert f"row-{talk.pk}" not in html


async def test_a_chosen_status_shows_on_every_desk_of_the_agent(connect, maya):
    browser = await connect(await in_db(fresh, maya.person))
    await in_db(lambda: maya.choose_status("offline", by=maya.person))
    assert "Go available" in await shown(browser, "Offline")


async def test_a_person_whose_rights_changed_connects_again(connect, maya):
    browser = await connect(await in_db(fresh, maya.person))
    await in_db(maya.person.reconnect_screens)
    assert await closed_with(browser) == 4000


@pytest.mark.parametrize("sent", ["[]", "nonsense", '{"type": "typing"}', '{"type": "typing", "interaction": "1"}'])
async def test_nothing_odd_a_browser_sends_does_harm(connect, maya, sent):
    browser = await connect(await in_db(fresh, maya.person))
    await browser.send_to(text_data=sent)
    if sent.startswith("{"):
        await in_db(push, maya.screen, {"type": "screen.refresh", "what": "status", "id": maya.pk})
        assert await shown(browser, "Available")
    else:
        assert await closed_with(browser) == 4400


async def test_what_an_agent_has_seen_is_marked_in_ones_own_conversation_only(connect, maya, omar, talk):
    await in_db(hear, talk, "one more")
    last = (await in_db(Interaction.objects.get, pk=talk.pk)).last_line
    for agent in (omar, maya):
        browser = await connect(await in_db(fresh, agent.person))
        for pk, seq in ((talk.pk, ""), (talk.pk, "junk"), (talk.pk, "9" * 30), (2**63, "1"), (talk.pk, str(last))):
            await browser.send_to(text_data=json.dumps({"type": "read", "interaction": pk, "seq": seq}))
        if agent == maya:
            while "unread" in await shown(browser, f'id="row-{talk.pk}"'):
                pass
        await browser.disconnect(timeout=5)
        read = (await in_db(Interaction.objects.get, pk=talk.pk)).agent_read
        assert read == last if agent == maya else read < last


async def test_typing_is_told_to_the_customer_of_ones_own_conversation_only(connect, maya, omar, talk, monkeypatch):
    pushed: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("interactions.consumers.push", lambda group, event: pushed.append((group, event)))
    for agent in (omar, maya):
        browser = await connect(await in_db(fresh, agent.person))
        await browser.send_to(text_data=json.dumps({"type": "typing", "interaction": talk.pk}))
        await browser.disconnect(timeout=5)
    assert pushed == [
        (f"visitor-{talk.pk}", {"type": "screen.json", "data": {"type": "typing", "who": "Maya"}}),
    ]


async def looks(browser: WebsocketCommunicator, interaction: Interaction, sign: str = "looking") -> None:
    await browser.send_to(json.dumps({"type": sign, "interaction": interaction.pk}))


async def test_who_else_looks_and_writes_is_seen_and_who_may_not_look_is_nobody(connect, admin, maya, omar, talk):
    boss = await in_db(make_agent_of, admin)
    mayas, bosss = await connect(await in_db(fresh, maya.person)), await connect(await in_db(fresh, boss.person))
    omars = await connect(await in_db(fresh, omar.person))
    await looks(mayas, talk)
    await looks(omars, talk)
    await looks(bosss, talk)
    assert "Ada Key is looking at this too" in (there := await shown(mayas, f"onlookers-{talk.pk}"))
    assert "Omar" not in there, "it is not his to see"
    assert "Maya Lind is looking" in await shown(bosss, f"onlookers-{talk.pk}")
    await looks(mayas, talk, "typing")
    assert "Maya Lind is writing an answer" in await shown(bosss, f"onlookers-{talk.pk}")
    await bosss.disconnect(timeout=5)
    assert "Ada Key" not in await shown(mayas, f"onlookers-{talk.pk}")


def make_agent_of(person: Person) -> Agent:
    return Agent.objects.create(person=person)


async def say(browser: WebsocketCommunicator, pk: int, text: str, client_id: str = "c1") -> str:
    """The bubble, as the desk that said it is answered."""
    frame = {"type": "say", "number": 7, "interaction": pk, "text": text, "client_id": client_id}
    await browser.send_to(text_data=json.dumps(frame))
    while True:
        heard = await browser.receive_from(timeout=5)
        if heard.startswith('{"type": "said"'):
            said = json.loads(heard)
            assert said["number"] == 7
            return said["html"]


async def test_a_reply_in_a_live_chat_goes_up_the_line(connect, maya, talk):
    browser = await connect(await in_db(fresh, maya.person))
    assert "Of course, Lee" in await say(browser, talk.pk, "Of course,\0 Lee\ud800", "c\ud8001")
    line = await in_db(talk.messages.get, kind="outbound")
    assert (line.text, line.client_id, line.agent_id) == ("Of course, Lee", "c1", maya.pk)
    assert await say(browser, talk.pk, "Of course, Lee") == "", "said again, the request finds it"


async def test_what_the_line_cannot_say_is_left_to_the_request(connect, maya, omar, talk, settings):
    mayas, omars = await connect(await in_db(fresh, maya.person)), await connect(await in_db(fresh, omar.person))
    assert await say(omars, talk.pk, "Mine!") == ""
    assert await say(mayas, talk.pk, " ") == ""
    assert await say(mayas, 10**30, "Hello") == ""
    assert await say(mayas, talk.pk, "x" * (settings.MESSAGE_MAX_CHARS + 1)) == ""
    await in_db(talk.end, by=maya)
    assert await say(mayas, talk.pk, "Bye") == ""
    assert not await in_db(talk.messages.filter(kind="outbound").exists)
