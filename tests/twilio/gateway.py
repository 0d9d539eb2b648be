"""The door for the real SDK of agents' pages: Twilio's signalling (PStream) by websocket, at /signal.

What is said is JSON, `{type, payload, version}`; a line feed is a sign of life. Learnt from the SDK in static/vendor.
"""

import asyncio
import datetime
import json
import ssl
import tempfile
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.server import ServerConnection

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
        self.identity = ""
        self.lines: dict[str, tuple[Line, Peer]] = {}  # by either name of a call: the page's or ours

    async def serve(self) -> None:
        """Until it goes; then its lines are closed."""
        alive = asyncio.create_task(self._alive())
        try:
            async for text in self.socket:
                if text.strip():
                    message = json.loads(text)
                    await getattr(self, f"_{message['type']}")(message.get("payload") or {})
        finally:
            alive.cancel()
            for line, peer in list(self.lines.values()):
                await self.exchange.do(self.exchange.telephone.hang_up, line)
                await peer.close()

    async def close_those_over(self) -> None:
        for name, (line, peer) in list(self.lines.items()):
            if line.over and self.lines.pop(name, None):
                await self._tell("hangup", callsid=name)
                await peer.close()

    async def _alive(self) -> None:
        while True:
            await asyncio.sleep(ALIVE)
            await self.socket.send("\n")

    async def _tell(self, kind: str, **payload: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    async def _listen(self, payload: dict[str, Any]) -> None:
        try:
            claims = jwt.decode(payload["token"], SECRET, algorithms=["HS256"], issuer=KEY, subject=ACCOUNT)
            granted = claims["grants"]["voice"]["outgoing"]["application_sid"].startswith("AP")
        except (jwt.InvalidTokenError, KeyError) as error:
            await self._tell("error", error={"code": 31204, "message": repr(error)})
            return
        self.identity = claims["grants"]["identity"] if granted else ""
        token = {"identity": self.identity, "ttl": 3600}
        await self._tell("connected", region="us1", edge="ashburn", home="us1", token=token)

    async def _register(self, _payload: dict[str, Any]) -> None:
        await self._tell("ready" if self.identity else "error", error={"code": 31201, "message": "Who is there?"})

    async def _invite(self, payload: dict[str, Any]) -> None:
        if not self.identity:
            await self._tell("hangup", callsid=payload["callsid"], error={"code": 31201, "message": "Who is there?"})
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
        await self._tell("answer", callsid=line.sid, sdp=sdp)

    async def _hangup(self, payload: dict[str, Any]) -> None:
        line, peer = self.lines.pop(payload.get("callsid", ""), (None, None))
        if line and peer:
            await self.exchange.do(self.exchange.telephone.hang_up, line)
            await peer.close()

    async def _dtmf(self, payload: dict[str, Any]) -> None:
        line, _peer = self.lines[payload["callsid"]]
        line.pressed += payload["dtmf"]
