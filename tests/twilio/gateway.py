"""The door for the real SDK of agents' pages: Twilio's signalling (PStream) by websocket, at /signal.

What is said is JSON, `{type, payload, version}`; a line feed is a sign of life. Learnt from the SDK in static/vendor.
"""

import asyncio
import datetime
import json
import ssl
import tempfile
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from tests.twilio.answers import ACCOUNT, KEY, SECRET
from tests.twilio.peer import Peer

if TYPE_CHECKING:
    from tests.twilio.exchange import Exchange
    from tests.twilio.telephone import Line

ALIVE = 5  # seconds; after 15 without a word the SDK gives up


def certificate() -> ssl.SSLContext:
    """Of this machine and this run; nobody has a reason to believe it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(secret + made.sign(key, hashes.SHA256()).public_bytes(pem))
        file.flush()
        context.load_cert_chain(file.name)
    return context


class Page:
    """One SDK that is connected, as whom its token says, with the lines it has."""

    def __init__(self, exchange: "Exchange", socket: ServerConnection) -> None:
        self.exchange, self.socket = exchange, socket
        self.identity, self.comes_back_within = "", 0
        self.lines: dict[str, tuple[Line, Peer]] = {}  # by either name of a call: the page's or ours

    async def serve(self) -> None:
        """Until it goes; then its lines are closed."""
        alive = asyncio.create_task(self._alive())
        try:
            with suppress(ConnectionClosed):
                async for text in self.socket:
                    if text.strip():
                        message = json.loads(text)
                        await getattr(self, f"_{message['type']}")(message.get("payload") or {})
        finally:
            alive.cancel()
            await self.exchange.wait_for(self.lines, self.comes_back_within)

    async def keep_up(self) -> None:
        for name, (line, peer) in list(self.lines.items()):
            if line.over and self.lines.pop(name, None):
                await self._tell("hangup", callsid=name)
                await peer.close()

    async def _alive(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(ALIVE)
                await self.socket.send("\n")

    async def _tell(self, kind: str, **payload: Any) -> None:
        with suppress(ConnectionClosed):
            await self.socket.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    async def _listen(self, payload: dict[str, Any]) -> None:
        try:
            claims = jwt.decode(payload["token"], SECRET, algorithms=["HS256"], issuer=KEY, subject=ACCOUNT)
            granted = claims["grants"]["voice"]["outgoing"]["application_sid"].startswith("AP")
        except (jwt.InvalidTokenError, KeyError):
            granted = False
        if not granted or self.exchange.believes_nobody:
            await self._tell("error", error={"code": 31204, "message": "AccessTokenInvalid"})
            return
        self.identity = claims["grants"]["identity"]
        self.comes_back_within = payload.get("reconnectTimeout", 0)
        self.exchange.believed.append(self.identity)
        token = {"identity": self.identity, "ttl": self.exchange.leave_lasts}
        await self._tell("connected", region="us1", edge="ashburn", home="us1", token=token)

    async def _register(self, _payload: dict[str, Any]) -> None:
        await self._tell("ready" if self.identity else "error", error={"code": 31201, "message": "Who is there?"})

    async def _invite(self, payload: dict[str, Any]) -> None:
        if not self.identity:
            await self._tell("hangup", callsid=payload["callsid"], error={"code": 31201, "message": "Who is there?"})
            return
        if "reconnect" in payload:
            await self._take_back(payload["callsid"], payload["reconnect"])
            return
        given = {name: values[0] for name, values in parse_qs(payload["twilio"]["params"]).items()}
        line = await self.exchange.do(self.exchange.telephone.dial_in, self.identity, given.get("leg", ""))
        if line.over:
            await self._tell("hangup", callsid=payload["callsid"])
            return
        peer = Peer()
        sdp = await peer.answer(payload["sdp"])
        self.exchange.voices[line.sid] = peer
        self.lines[line.sid] = (line, peer)
        await self._tell("ringing", callsid=line.sid)
        await self._tell("answer", callsid=line.sid, sdp=sdp, reconnect=f"way of {line.sid}")

    async def _take_back(self, callsid: str, way: str) -> None:
        """A call that only lost its websocket, or showed a new token; its sound has flowed on."""
        found = self.lines.get(callsid) or self.exchange.lost.pop(callsid, None)
        if found is None or way != f"way of {callsid}":
            await self._tell("hangup", callsid=callsid, error={"code": 31003, "message": "Too late"})
            return
        self.lines[callsid] = found
        await self._tell("answer", callsid=callsid, reconnect=way)

    async def _hangup(self, payload: dict[str, Any]) -> None:
        line, peer = self.lines.pop(payload.get("callsid", ""), (None, None))
        if line and peer:
            await self.exchange.do(self.exchange.telephone.hang_up, line)
            await peer.close()

    async def _dtmf(self, payload: dict[str, Any]) -> None:
        line, _peer = self.lines[payload["callsid"]]
        line.pressed += payload["dtmf"]
