"""Django's SMTP backend, which also tells what the server said of each recipient, and when the mail is handed over."""

import email.policy
import smtplib
from contextlib import suppress
from typing import Any

from anymail.exceptions import (
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

from interactions.adapters.email.ours import LINE


class Backend(EmailBackend):
    """For messages that are `outgoing.Outgoing`; any other is sent as Django sends it."""

    def _send(self, message: Any) -> bool:
        if not hasattr(message, "about_to_send"):
            return bool(super()._send(message))  # type: ignore[misc]
        recipients = [self.prep_address(address) for address in message.recipients()]
        sender, raw = self.prep_address(message.from_email), message.message(policy=email.policy.SMTP).as_bytes()
        message.about_to_send()
        message.refused = self.connection.sendmail(  # type: ignore[union-attr]
            sender, recipients, raw
        )
        return True

    def close(self) -> None:
        """The mail is in or it is not: how the server says goodbye changes nothing about that."""
        with suppress(OSError):  # an SMTPException is one
            super().close()
        self.connection = None


class Provider(BaseEmailBackend):
    """A provider's interface by way of django-anymail; what it says is told in the words of SMTP."""

    def __init__(self, *, backend: str, **options: Any) -> None:
        super().__init__(**options)
        self.backend = import_string(backend)(**options)

    def send_messages(self, messages: Any) -> int:
        return sum(self._send(message) for message in messages)

    def _send(self, message: Any) -> int:
        if hasattr(message, "about_to_send"):
            named = {*message.to, *message.cc}
            message.bcc = [address for address in message.envelope if address not in named]
            message.metadata = {LINE: str(message.line)}  # comes back with what the provider has to tell about it
            message.about_to_send()
        try:
            return int(self.backend.send_messages([message]) or 0)
        except AnymailRecipientsRefused as error:
            said = (550, str(error).encode())
            raise smtplib.SMTPRecipientsRefused(dict.fromkeys(message.recipients(), said)) from error
        except AnymailError as error:
            later = error.status_code is None or error.status_code in (408, 429) or error.status_code >= 500
            invalid = isinstance(error, (AnymailInvalidAddress, AnymailUnsupportedFeature))
            raise smtplib.SMTPDataError(451 if later and not invalid else 554, str(error)) from error


class NoServer(Exception):
    """Nobody has said by which server mail is sent."""


class Nobody(BaseEmailBackend):
    """Without a MAIL_URL."""

    def send_messages(self, messages: Any) -> int:
        raise NoServer
