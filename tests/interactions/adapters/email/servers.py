"""Mail servers that say what the test wants: real SMTP on a port of this machine, by aiosmtpd."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from contactcenter.mail_url import mailers


class Server:
    """Keeps what it took; `says` answers in turn to whole mails, `refuses` per recipient."""

    port = 0

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.says: list[str] = []
        self.refuses: dict[str, list[str]] = {}

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for _recipients, mail in self.taken]

    async def handle_RCPT(self, _: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.refuses.get(address):
            return self.refuses[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, _session: Any, envelope: Any) -> str:
        if self.says:
            return self.says.pop(0)
        mail = message_from_bytes(envelope.original_content.replace(b"\r\n", b"\n"), policy=policy.default)
        self.taken.append((list(envelope.rcpt_tos), mail))
        return "250 Queued"


class AnyPort(Controller):
    """Its own start asks the port it was told, which is none."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(settings: Any, server: Server | None = None) -> Iterator[Any]:
    """MAIL_URL leads to it."""
    server = server or Server()
    controller = AnyPort(server, hostname="127.0.0.1", port=0)
    controller.start()
    server.port = controller.port
    settings.MAILERS = mailers(f"smtp://127.0.0.1:{server.port}")
    try:
        yield server
    finally:
        controller.stop()
