"""The SMTP and LMTP door: 250 means that the mail is committed, 4xx that the sender is to try again, never both.

It takes mail for our own mailboxes and for nobody else's, so it relays nothing, and asks for no password: it belongs
behind the mail server that faces the internet. Any number of processes may listen; the database decides what is new.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import Error, OperationalError

from contactcenter.realtime.database import in_db
from interactions.adapters.email.store import Brought, store_all
from interactions.models import Mailbox
from interactions.models.mailbox import Reached

log = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: a line for every line
MOST_RECIPIENTS = 100
MOST_LINES_OPEN = 200
SILENT_FOR = 300.0  # seconds; a large mail on a slow line takes as long
KNOWN_FOR = 1.0  # seconds, who our recipients are
LONGEST_LINE = 4 * 1024 * 1024  # bytes; the standard's 998 would refuse many a newsletter

LATER = "451 4.3.0 Cannot be stored right now, try again later"
NOBODY = "550 5.1.1 No such mailbox here"


class Door:
    """What aiosmtpd asks at each step; `stored` is told the ids of what was committed."""

    def __init__(self, stored: Callable[[list[int]], None], *, lmtp: bool = False) -> None:
        self.stored, self.lmtp = stored, lmtp
        self.certificate = _certificate()
        self.lines: set[asyncio.Transport] = set()
        self._waiting: list[tuple[Brought, asyncio.Future]] = []
        self._storing: asyncio.Task[None] | None = None
        self._reached, self._asked_at = Reached({}), -KNOWN_FOR

    def protocol(self) -> SMTP:
        """A new line; called for each connection."""
        kind = LmtpLine if self.lmtp else Line
        return kind(
            self,
            data_size_limit=settings.MAIL_MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost",
            ident="Contact centre",
            timeout=SILENT_FOR,
            tls_context=self.certificate,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(self, _: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            if await self._leads_nowhere(address):
                return NOBODY
        except Error:
            log.exception("a recipient could not be looked up")
            return LATER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _: SMTP, _session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        envelope.content = envelope.original_content = None
        try:
            ids = await self._store(Brought(raw, envelope.mail_from or "", tuple(envelope.rcpt_tos)))
        except Error:
            log.exception("a mail could not be stored; its sender keeps it")
            answer = LATER
        else:
            self.stored(ids)
            answer = "250 2.0.0 Stored" if ids else NOBODY
        # LMTP answers for each recipient.
        return "\r\n".join([answer] * (len(envelope.rcpt_tos) if self.lmtp else 1))

    async def _leads_nowhere(self, address: str) -> bool:
        if time.monotonic() - self._asked_at > KNOWN_FOR:
            self._reached, self._asked_at = await in_db(Mailbox.objects.reached), time.monotonic()
        return self._reached(address) is None

    async def _store(self, brought: Brought) -> list[int]:
        """With all that comes while others are being stored: one commit for as many lines as wait for one."""
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((brought, stored))
        self._storing = self._storing or asyncio.create_task(self._store_waiting())
        return await stored

    async def _store_waiting(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                answers = await in_db(store_all, [brought for brought, _stored in waiting])
            except Exception as error:
                answers = [OperationalError(str(error))] * len(waiting)
                log.exception("mails could not be stored")
            for (_brought, stored), answer in zip(waiting, answers, strict=True):
                if stored.cancelled():
                    continue
                if isinstance(answer, Error):
                    stored.set_exception(answer)
                else:
                    stored.set_result(answer)
        self._storing = None

    async def handle_exception(self, error: Exception) -> str:
        log.error("an SMTP line failed", exc_info=error)
        return LATER

    async def say_goodbye(self, within: float) -> None:
        """Finish what is being stored, then close every line; whoever has no 250 yet sends it again."""
        late = time.monotonic() + within
        while self._storing and time.monotonic() < late:
            await asyncio.sleep(0.02)
        for transport in list(self.lines):
            transport.write(b"421 4.3.2 Closing, try again later\r\n")
            transport.close()


def _certificate() -> ssl.SSLContext | None:
    """With one, whoever hands over mail may do so under STARTTLS."""
    if not settings.MAIL_IN_CERTIFICATE:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.MAIL_IN_CERTIFICATE, settings.MAIL_IN_KEY or None)
    return context


class Line(SMTP):
    """One connection; one too many is told to come back."""

    line_length_limit = LONGEST_LINE
    event_handler: Door

    def connection_made(self, transport: Any) -> None:
        lines = self.event_handler.lines
        if len(lines) >= MOST_LINES_OPEN:
            transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
            transport.close()
            return
        lines.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self.event_handler.lines.discard(self.transport)
            super().connection_lost(error)


class LmtpLine(Line, LMTP):
    """The same for a mail server in the house that hands over mail by LMTP."""
