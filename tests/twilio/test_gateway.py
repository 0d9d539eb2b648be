"""Who is let in by the simulator's signalling: whom a token of ours names, and nobody else."""

import asyncio
import json
import ssl

import jwt
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.asyncio.client import connect

from tests.twilio.answers import ACCOUNT, KEY, SECRET
from tests.twilio.exchange import Exchange
from tests.twilio.simulator import Twilio


def token(secret: str = SECRET, ttl: int = 60) -> str:
    made = AccessToken(ACCOUNT, KEY, secret, identity="person_1", ttl=ttl)
    made.add_grant(VoiceGrant(outgoing_application_sid="AP" + "5" * 32))
    return made.to_jwt()


async def test_a_page_is_connected_by_a_token_of_ours_alone():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Exchange(Twilio()).open() as exchange:
        async with connect(f"wss://{exchange.host}/signal", ssl=context) as page:

            async def say(kind: str, **payload: object) -> dict[str, object]:
                await page.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))
                async with asyncio.timeout(10):
                    return json.loads(await page.recv())

            forged = token("somebody else's secret, just as long"), token(ttl=-1), jwt.encode({"sub": ACCOUNT}, SECRET)
            for refused in (*forged, ""):
                answer = await say("listen", token=refused)
                assert (answer["type"], answer["payload"]["error"]["code"]) == ("error", 31204)
            assert (await say("register", media={"audio": True}))["type"] == "error"
            assert (await say("invite", callsid="TJ1", sdp="", twilio={}))["type"] == "hangup"
            answer = await say("listen", token=token())
            assert (answer["type"], answer["payload"]["token"]["identity"]) == ("connected", "person_1")
            assert (await say("register", media={"audio": True}))["type"] == "ready"
