"""Who sends what waits in the outbox, per channel, and what follows from how that went."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from interactions.models.delivery import Delivery

log = logging.getLogger(__name__)
BROKEN = "it could not be sent because of an error of our own"


@dataclass(frozen=True)
class Sent:
    """The server has it: the id it knows it by, and what it said against some of the recipients."""

    provider_id: str = ""
    answer: str = ""


class NotNow(Exception):
    """The server asks for a later try, or could not be reached; its own words."""


class Refused(Exception):
    """The server will never take it; its own words."""


type Sender = Callable[[Delivery], Sent]

SENDERS: dict[str, Sender] = {}


def deliver(pk: int) -> None:
    """Send it, unless somebody else does or it was taken back."""
    delivery = Delivery.objects.claim(pk)
    if delivery is None:
        return
    try:
        sent = SENDERS[delivery.line.interaction.channel](delivery)
    except Refused as refusal:
        delivery.fail(str(refusal))
    except NotNow as later:
        _try_again(delivery, str(later))
    except Exception:
        log.exception("sending failed", extra={"delivery": pk})
        _try_again(delivery, BROKEN)
    else:
        delivery.mark_sent(provider_id=sent.provider_id, answer=sent.answer)


def _try_again(delivery: Delivery, answer: str) -> None:
    if delivery.exhausted:
        delivery.fail(answer)
    else:
        delivery.defer(answer)
