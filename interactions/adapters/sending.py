"""Who sends what waits in the outbox, per channel, and what follows from how that went."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from agents.models import Channel
from interactions import broadcasts
from interactions.adapters.email import outgoing
from interactions.adapters.outcome import NotNow, Refused, Sent
from interactions.adapters.twilio import texts
from interactions.models.delivery import NEVER_ARRIVED, Delivery

log = logging.getLogger(__name__)
BROKEN = "It could not be sent because of an error of our own; it is tried again."


type Sender = Callable[[Delivery], Sent]

SENDERS: dict[str, Sender] = {
    Channel.EMAIL: outgoing.send,
    Channel.SMS: texts.send,
    Channel.WHATSAPP: texts.send,
}


def deliver(pk: int) -> None:
    """Send it, unless somebody else does or it was taken back."""
    delivery = Delivery.objects.claim(pk)
    if delivery is None:
        return
    show(delivery)
    try:
        sent = SENDERS[delivery.line.interaction.channel](delivery)
    except Refused as refusal:
        _never(delivery, str(refusal))
    except NotNow as later:
        _try_again(delivery, str(later), later.until)
    except Exception:
        log.exception("sending failed", extra={"delivery": pk})
        _try_again(delivery, BROKEN)
    else:
        delivery.mark_sent(provider_id=sent.provider_id, answer=sent.answer)
    if delivery.state not in NEVER_ARRIVED:
        show(delivery)


def show(delivery: Delivery) -> None:
    """Whoever has the work sees how far the line has come; what never arrives is work again."""
    line = delivery.line
    if delivery.state in NEVER_ARRIVED:
        line.interaction.not_delivered(line)
    else:
        broadcasts.line_changed(line.interaction, line)


def _try_again(delivery: Delivery, answer: str, until: datetime | None = None) -> None:
    if until or not delivery.exhausted:
        delivery.defer(answer, until=until)
    elif delivery.reached:
        delivery.mark_sent(answer=answer)
    else:
        _never(delivery, answer)


def _never(delivery: Delivery, answer: str) -> None:
    """It failed, and the work is somebody's again: both or neither."""
    with transaction.atomic():
        with delivery.line.interaction.moving():
            failed = delivery.fail(answer)
        if failed:
            show(delivery)
