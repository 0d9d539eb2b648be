"""Who is let in by the simulator's signalling: whom a token of ours names, and nobody else."""

import json
import ssl

import jwt
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from websockets.sync.client import connect

from tests.twilio.answers import ACCOUNT, KEY, SECRET
from tests.twilio.exchange import Exchange
from tests.twilio.simulator import Twilio


def token(secret: str = SECRET, ttl: int = 60) -> str:
    made = AccessToken(ACCOUNT, KEY, secret, identity="person_1", ttl=ttl)
    made.add_grant(VoiceGrant(outgoing_application_sid="AP" + "5" * 32))
    return made.to_jwt()


def test_a_page_is_connected_by_a_token_of_ours_alone():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Exchange(Twilio()).open() as exchange, connect(f"wss://{exchange.host}/signal", ssl=context) as page:

        def say(kind: str, **payload: object) -> dict[str, object]:
            page.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))
            return json.loads(page.recv(10))

        forged = token("somebody else's secret, just as long"), token(ttl=-1), jwt.encode({"sub": ACCOUNT}, SECRET)
        for refused in (*forged, ""):
            answer = say("listen", token=refused)
            assert (answer["type"], answer["payload"]["error"]["code"]) == ("error", 31204)
        assert say("register", media={"audio": True})["type"] == "error"
        assert say("invite", callsid="TJ1", sdp="", twilio={})["type"] == "hangup"
        answer = say("listen", token=token())
        assert (answer["type"], answer["payload"]["token"]["identity"]) == ("connected", "person_1")
        assert say("register", media={"audio": True})["type"] == "ready"
