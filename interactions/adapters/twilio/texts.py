"""Sends what waits in the outbox for SMS and WhatsApp, once each, and hears what became of it."""

import json
import logging
from datetime import timedelta

from django.conf import settings
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Channel
from interactions.adapters.outcome import NotNow, Refused, Sent
from interactions.adapters.twilio import client, people
from interactions.adapters.twilio.client import asking
from interactions.models import Attachment, Delivery, Message, ShortMessage

log = logging.getLogger(__name__)
LOOKED_THROUGH = 100  # of our latest messages to somebody, for one we may have sent
CLOCKS_APART = timedelta(minutes=2)
FILE_READ_WITHIN = timedelta(days=1)
OPTED_OUT = 21610
file_signer = TimestampSigner(salt="contactcenter.twilio.files")


def send(delivery: Delivery) -> Sent:
    """Hand it to Twilio. If an earlier try may have got there, look for it first: a create is never made blindly."""
    line, short = delivery.line, delivery.line.short_message
    channel = Channel(line.interaction.channel)
    way = line.interaction.text_line()
    if way is None or way.opted_out:
        raise Refused(way.refusal(template=True) if way else _("There is no number to send this from."))
    try:
        with asking():
            if delivery.provider_id:
                return Sent(delivery.provider_id)
            if delivery.about_to_send_at and (sid := _sent_before(delivery, short, channel)):
                return Sent(sid)
            delivery.about_to_send()
            return Sent(client.client().messages.create(**_message(line, short, channel)).sid)
    except client.Refused as refusal:
        if refusal.code == OPTED_OUT:
            people.opt_out(channel, short.address)
        raise Refused(why(refusal.code) or str(refusal)) from refusal
    except (client.Busy, client.Unsure) as later:
        raise NotNow(str(later)) from later


def _message(line: Message, short: ShortMessage, channel: Channel) -> dict[str, object]:
    about: dict[str, object] = {
        "to": _named(short.address, channel),
        "from_": _named(short.number.number, channel),
        "status_callback": settings.PUBLIC_BASE_URL + reverse("twilio-message-status", args=[line.pk]),
    }
    if short.template:
        return about | {"content_sid": short.template.content_sid, "content_variables": json.dumps(short.values)}
    files = [file_address(file) for file in line.attachments.all()]
    return about | ({"body": line.text} if line.text else {}) | ({"media_url": files} if files else {})


def _named(number: str, channel: Channel) -> str:
    return f"whatsapp:{number}" if channel == Channel.WHATSAPP else number


def _sent_before(delivery: Delivery, short: ShortMessage, channel: Channel) -> str:
    """The sid of this very message if Twilio has it: the same words to the same number since then, known to nobody."""
    assert delivery.about_to_send_at is not None
    to, from_ = _named(short.address, channel), _named(short.number.number, channel)
    since = delivery.about_to_send_at - CLOCKS_APART
    for message in client.client().messages.list(to=to, from_=from_, limit=LOOKED_THROUGH):
        recent = message.date_created is None or message.date_created >= since
        known = Delivery.objects.filter(provider_id=message.sid).exists()
        if recent and not known and (message.body or "") == delivery.line.text:
            return str(message.sid)
    return ""


def file_address(file: Attachment) -> str:
    """Where Twilio fetches a file of ours, for a day."""
    return settings.PUBLIC_BASE_URL + reverse("twilio-file", args=[file_signer.sign(file.token)])


def why(code: int) -> str:
    """Twilio's commonest numbers in words; https://www.twilio.com/docs/api/errors has them all."""
    words = {
        21211: _("This is no number that can be written to."),
        21408: _("Our account may not write to this country."),
        OPTED_OUT: _("The customer wrote STOP: nothing can be sent until they write START."),
        21614: _("This is no mobile number."),
        30003: _("The telephone is switched off or out of reach."),
        30004: _("The number does not want messages from us."),
        30005: _("There is no such number."),
        30006: _("This is a landline, which gets no messages."),
        30007: _("The network took it for spam."),
        30008: _("The network does not say why."),
        63016: _("More than 24 hours have passed since the customer wrote: WhatsApp delivers only templates now."),
        63024: _("This number has no WhatsApp."),
    }
    return words.get(code, "")


GOT_IT = ("accepted", "scheduled", "queued", "sending")
LATER = {"sent": Delivery.State.SENT, "delivered": Delivery.State.DELIVERED, "read": Delivery.State.READ}
LOST = ("failed", "undelivered", "canceled")


def hear(delivery: Delivery, sid: str, status: str, code: int) -> bool:
    """What Twilio says of a message, in any order and any number of times; whether that was new."""
    if delivery.provider_id not in ("", sid):
        log.warning("a message was sent twice", extra={"line": delivery.pk, "sid": sid})
        return False
    new = delivery.mark_sent(provider_id=sid) if status in (*GOT_IT, *LATER, *LOST) else False
    if status in LATER:
        return delivery.advance(LATER[status]) or new
    if status in LOST:
        return delivery.bounce(why(code) or _("Twilio's error %d") % code)
    return new
