"""One mailbox on another server: waited at (IDLE, or a look now and then), its mail taken in the order of its numbers.

A number that was taken is committed with its mail, so nothing is taken twice and nothing passed over. Only
then is the mail marked as read or moved. If the server numbers the folder anew, all of it is looked at again, and
what we have is recognised. (Desks that ask for "the last days" or "the unread" lose what was moved or opened.)
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from imaplib import IMAP4

from django.db import transaction
from django.utils import timezone
from imapclient import IMAPClient, SocketTimeout
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS, wrap_socket

from contactcenter import outside
from contactcenter.sealed import unseal
from interactions.adapters.email.oauth import fresh_token
from interactions.adapters.email.store import store
from interactions.models import Mailbox, RawMail

TIMEOUT = SocketTimeout(connect=15, read=60)
LOOKS_EVERY = 30.0  # seconds, where the server cannot tell by itself
IDLES_FOR = 240.0  # seconds; routers forget a silent line after five minutes
LOOKS_AGAIN_AFTER = 4.0  # seconds; what came just before we began to idle is told to nobody
ASKS_EVERY = 1.0  # seconds, whether we are to stop
SEEN = b"\\Seen"


class _Plain(IMAP4WithTimeout):
    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return outside.connect((self.host, self.port), self._timeout)


class _Secure(IMAP4_TLS):
    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return wrap_socket(outside.connect((self.host, self.port), self._timeout), self.ssl_context, self.host)


class Client(IMAPClient):
    """One that connects to servers outside the house alone, unless a setting allows more."""

    def _create_IMAP4(self) -> IMAP4:
        timeout = self._timeout.connect
        if self.ssl:
            return _Secure(self.host, self.port, self.ssl_context, timeout)
        return _Plain(self.host, self.port, timeout)


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """Signed in, with the folder selected; raises OSError, IMAPClientError or Unreadable."""
    secure = mailbox.imap_security == Mailbox.Security.TLS
    context = ssl.create_default_context()
    client = Client(
        mailbox.imap_host, mailbox.imap_port, ssl=secure, ssl_context=context if secure else None, timeout=TIMEOUT
    )
    try:
        if mailbox.imap_security == Mailbox.Security.STARTTLS:
            client.starttls(context)
        if mailbox.oauth_token_url:
            client.oauth2_login(mailbox.imap_user, fresh_token(mailbox))
        else:
            client.login(mailbox.imap_user, unseal(mailbox.imap_password))
        yield client
    finally:
        client.shutdown()


def watch(mailbox: Mailbox, take: Callable[[list[int]], None], stopping: Callable[[], bool]) -> None:
    """Take what comes in, until asked to stop or until the line breaks."""
    with opened(mailbox) as client:
        idles, silent = client.has_capability("IDLE"), False
        while not stopping():
            look(mailbox, client, take, stopping)
            silent = not _wait(client, idles, stopping, again=not silent)


def look(
    mailbox: Mailbox,
    client: IMAPClient,
    take: Callable[[list[int]], None],
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Take what is new in the folder; at the very first look what is there and unread."""
    selected = client.select_folder(mailbox.imap_folder)
    validity, first = selected[b"UIDVALIDITY"], mailbox.uid_validity is None
    if mailbox.uid_validity != validity:
        mailbox.uid_validity, mailbox.last_uid = validity, 0
    wanted = ["UNSEEN"] if first else ["UID", f"{mailbox.last_uid + 1}:*"]
    # "7:*" names the last mail even when its number is lower than 7.
    for uid in sorted(uid for uid in client.search(wanted) if uid > mailbox.last_uid):
        if stopping():
            return
        found = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
        if raw := found.get(b"BODY[]"):
            take([_taken(mailbox, uid, raw)])
            _mark(mailbox, client, uid)
    if first and (following := selected.get(b"UIDNEXT")):
        mailbox.last_uid = max(mailbox.last_uid, following - 1)
    mailbox.looked_at, mailbox.trouble = timezone.now(), ""
    mailbox.save(update_fields=["uid_validity", "last_uid", "looked_at", "trouble"])


@transaction.atomic
def _taken(mailbox: Mailbox, uid: int, raw: bytes) -> int:
    row = store(raw, entry_point=mailbox.entry_point, door=RawMail.Door.IMAP, envelope_to=[mailbox.address])
    mailbox.last_uid = uid
    mailbox.save(update_fields=["uid_validity", "last_uid"])
    return row.pk


def _mark(mailbox: Mailbox, client: IMAPClient, uid: int) -> None:
    client.add_flags([uid], [SEEN], silent=True)
    if mailbox.imap_done_folder:
        if client.has_capability("MOVE"):
            client.move([uid], mailbox.imap_done_folder)
        else:
            client.copy([uid], mailbox.imap_done_folder)
            client.delete_messages([uid], silent=True)
            client.expunge([uid])


def _wait(client: IMAPClient, idles: bool, stopping: Callable[[], bool], *, again: bool) -> bool:
    """Until something happens in the folder, which it returns, or it is time to look anyway: soon after news."""
    left = LOOKS_EVERY if not idles else LOOKS_AGAIN_AFTER if again else IDLES_FOR
    if idles:
        client.idle()
    heard: list[object] = []
    while left > 0 and not heard and not stopping():
        heard = client.idle_check(timeout=ASKS_EVERY) if idles else _pause()
        left -= ASKS_EVERY
    if idles:
        client.idle_done()
    return bool(heard)


def _pause() -> list[object]:
    time.sleep(ASKS_EVERY)
    return []
