"""The server that MAIL_URL leads to under `make demo`: takes mail for anybody but `nobody@…`, who does not exist."""

import logging
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from interactions.demo_mail.kept import keep

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's: a line for every line
NOBODY = "nobody@"


class Sink:
    async def handle_RCPT(self, _: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any) -> str:
        if address.lower().startswith(NOBODY):
            return f"550 5.1.1 <{address}>: there is no such person, as in many a typing error"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _: SMTP, _session: Session, envelope: Envelope) -> str:
        keep(envelope.original_content or b"")
        return "250 2.0.0 Kept"
