"""What pages of a call exchange over their sockets: only with whom they may, and under nobody else's name."""

import asyncio
import base64
import hashlib
import hmac
import json
from functools import partial
from typing import Any
from unittest.mock import AsyncMock

import pytest
from channels.testing import WebsocketCommunicator
from django.urls import reverse

from contactcenter.realtime import in_db
from interactions.adapters.voice.consumer import PhoneConsumer
from interactions.adapters.voice.ice import ice_servers
from interactions.adapters.voice.phone import leg_of_customer
from interactions.adapters.voice.visiting import VisitorPhone
from interactions.calls import line, talk
from interactions.models import EntryPoint
from tests.cast import make_active
from tests.interactions.adapters.chat.conftest import *  # noqa: F403
from tests.interactions.calls.conftest import *  # noqa: F403
from tests.interactions.calls.conftest import leg_of
from tests.screens import Connecting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("valkey")]


class Handset:
    """The socket of an agent's page."""

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self.socket = socket

    async def send(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame))

    async def hear(self, type_: str, /, **what: Any) -> dict[str, Any]:
        while True:
            frame = json.loads(await self.socket.receive_from(timeout=5))
            if frame["type"] == type_ and what.items() <= frame.items():
                return frame


@pytest.fixture
def pick_up(connecting: Connecting):
    connect = connecting(PhoneConsumer)

    async def picking_up(person: Any, peer: str) -> Handset:
        handset = Handset(await connect(person))
        await handset.send(type="call.join", leg=peer, page=None)
        return handset

    return picking_up


@pytest.fixture
def called(start, entry_point, maya):
    """Lee's token, and the call that rings at Maya's as soon as her page comes."""
    EntryPoint.objects.update(calls=True)
    entry_point.refresh_from_db()
    token, interaction = start("", call=True, consent=True)
    call = interaction.calls.get()
    make_active(interaction, maya)
    return token, call


async def test_pages_find_each_other_through_us_and_we_say_who_speaks(called, page, pick_up, maya):
    token, call = called
    lee = await page(token).open()
    offered = await lee.hear("call")
    assert not offered["joined"]
    await lee.send(type="call.join", leg=offered["me"])
    await lee.hear("call", joined=True)
    desk = await pick_up(maya.person, (await in_db(leg_of, call, maya)).peer)
    plan = await desk.hear("call", state="talking")
    (peer,) = plan["peers"]
    assert (peer["role"], peer["initiates"], peer["send"]) == ("customer", True, [plan["me"]])
    assert set(plan["record"]) == {plan["me"], peer["peer"]}
    await desk.send(type="call.signal", to=peer["peer"], page=peer["page"], sdp={"type": "offer"}, role="supervisor")
    told = await lee.hear("call.signal")
    assert (told["from"], told["role"], told["sdp"]) == (plan["me"], "agent", {"type": "offer"})


async def test_nobody_joins_a_call_that_is_not_theirs(called, pick_up, omar, maya):
    _token, call = called
    stranger = await pick_up(omar.person, (await in_db(leg_of, call, maya)).peer)
    assert await stranger.hear("call", over=True, why="unknown")


async def test_who_is_asked_in_private_and_the_customer_never_meet(called, page, pick_up, maya, olga):
    token, call = called
    lee = await page(token).open()
    await lee.send(type="call.join", leg=(await lee.hear("call"))["me"])
    desk = await pick_up(maya.person, (await in_db(leg_of, call, maya)).peer)
    await desk.hear("call", state="talking")

    def ask() -> str:
        return talk.consult(leg_of(call, maya), olga).peer

    asked = await pick_up(olga.person, await in_db(ask))
    plan = await asked.hear("call", joined=True)
    assert [peer["role"] for peer in plan["peers"]] == ["agent"]
    held = await lee.hear("call", joined=True, held=True)
    assert (held["music"], [peer["send"] for peer in held["peers"]]) == (True, [[]])
    await asked.send(type="call.signal", to=held["me"], page=held["page"], sdp={"type": "offer"})
    await asked.send(type="ping")
    await asked.hear("pong")
    await lee.send(type="call.signal", to=plan["me"], page=plan["page"], sdp={"type": "offer"})
    assert [frame for frame in await lee.hear_all() if frame["type"] == "call.signal"] == []


async def test_a_lost_socket_is_waited_for_and_a_page_that_returns_is_the_same(called, page, pick_up, maya):
    token, call = called
    lee = await page(token).open()
    await lee.send(type="call.join", leg=(await lee.hear("call"))["me"])
    peer = (await in_db(leg_of, call, maya)).peer
    desk = await pick_up(maya.person, peer)
    plan = await desk.hear("call", state="talking")
    await lee.hear("call", state="talking", joined=True)
    await desk.socket.disconnect()
    told = await lee.hear("call", state="connecting")
    assert told["peers"][0]["away"]
    again = await pick_up(maya.person, peer)
    await again.send(type="call.join", leg=peer, page=plan["page"])
    back = await lee.hear("call", state="talking")
    assert not back["peers"][0]["away"]


async def test_a_fellow_taken_for_lost_whose_page_is_here_stays(called, page, pick_up, maya):
    token, call = called
    lee = await page(token).open()
    await lee.send(type="call.join", leg=(await lee.hear("call"))["me"])
    desk = await pick_up(maya.person, (await in_db(leg_of, call, maya)).peer)
    plan = await desk.hear("call", state="talking")
    await lee.hear("call", state="talking", joined=True)
    await lee.send(type="call.lost", peer=plan["me"])
    for _again in range(50):
        leg = await in_db(leg_of, call, maya)
        if await in_db(lambda: call.events.filter(what="back").exists()):
            break
    assert leg.page == plan["page"]


async def test_what_is_looked_up_too_late_is_not_told(talking, maya):
    said: list[dict[str, Any]] = []

    async def send(frame: dict[str, Any]) -> None:
        said.append(frame)

    phone = VisitorPhone(AsyncMock(), send, leg_of_customer)
    phone.interaction_id = talking.interaction_id
    leg = await in_db(leg_of, talking, "customer")
    invited = asyncio.create_task(phone.look())
    await asyncio.sleep(0)  # it looks
    phone.leg, phone.page = leg, leg.page  # and joins meanwhile
    await invited
    looking = asyncio.create_task(phone.look())
    await asyncio.sleep(0)
    await phone.close()
    await looking
    assert said == []


def test_a_line_is_measured_as_long_as_its_agent_is_there(talking, client, maya):
    client.force_login(maya.person)
    leg = leg_of(talking, maya)
    tell = partial(client.post, reverse("call-quality", args=[leg.peer]))
    measured = {"level": "good", "rtt": 20, "jitter": 1, "loss": 0}
    assert (tell(measured).status_code, tell(measured | {"level": "?"}).status_code) == (204, 422)
    line.hang_up(leg)
    talking.events.filter(what="quality").delete()
    assert tell(measured).status_code == 204, "the page may not know yet"
    assert not talking.events.filter(what="quality").exists()


async def test_a_customer_mutes_and_hangs_up(called, page, later):
    token, call = called
    lee = await page(token).open()
    await lee.send(type="call.join", leg=(await lee.hear("call"))["me"])
    await lee.hear("call", joined=True)
    await lee.send(type="call.mute", on=True)
    assert (await lee.hear("call", muted=True))["state"] == "connecting"
    await lee.send(type="call.hang_up")
    await lee.hear("call", over=True)
    assert not (await later(lambda: type(call).objects.get(pk=call.pk))).live


def test_calls_only_where_they_are_answered(post, entry_point):
    reply = post("sessions", call=True)
    assert (reply.status_code, reply.json()["code"]) == (409, "no_calls")


def test_turn_credentials_are_what_coturn_expects(settings):
    settings.ICE_SERVERS, settings.TURN_URLS, settings.TURN_SECRET = ["stun:a"], ["turn:b"], "s3cret"
    stun, turn = ice_servers("peer")
    assert stun == {"urls": ["stun:a"]}
    digest = hmac.new(b"s3cret", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(digest).decode()
    assert turn["username"].endswith(":peer")


def test_no_ice_servers_are_needed(settings):
    assert ice_servers("peer") == []
