"""Django's SMTP backend, which also tells what the server said of each recipient, and when the mail is handed over."""

import email.policy
from contextlib import suppress
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


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


class NoServer(Exception):
    """Nobody has said by which server mail is sent."""


class Nobody(BaseEmailBackend):
    """Without a MAIL_URL."""

    def send_messages(self, messages: Any) -> int:
        raise NoServer
