"""A mail of ours that came back, or is late: which one it was. Called in the transaction that files the bounce."""

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction
from django.db.models import Q

from interactions import broadcasts
from interactions.adapters.email.automatic import Finding
from interactions.adapters.email.ours import LINE
from interactions.adapters.email.parse import Mail
from interactions.adapters.email.subjects import one_line
from interactions.adapters.email.threads import known_id
from interactions.models import Delivery, Interaction
from interactions.models.delivery import State

LOST = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)
OUT = [State.SENDING, State.SENT, State.DELIVERED]


def told_by_provider(event: AnymailTrackingEvent) -> None:
    """News of a mail that went out by a provider: it is there, late, or lost."""
    line = (event.metadata or {}).get(LINE, "")
    found = Q(pk=int(line)) if str(line).isdecimal() else Q(provider_id=known_id(event.message_id or "") or None)
    delivery = Delivery.objects.filter(found).select_related("line__agent", "line__interaction").first()
    if delivery is None:
        return
    why = one_line(event.mta_response or event.description or event.reject_reason or event.event_type)
    thread = delivery.line.interaction
    with transaction.atomic():
        if event.event_type in LOST:
            if delivery.bounce(why):
                thread.not_delivered(delivery.line)
        elif (event.event_type == EventType.DEFERRED and delivery.note_delay(why)) or (
            event.event_type == EventType.DELIVERED and delivery.advance(State.DELIVERED)
        ):
            broadcasts.line_changed(thread, delivery.line)


def came_back(mail: Mail, finding: Finding, thread: Interaction) -> None:
    """For good: the mail turns red and its work is somebody's again. Only late: a word beside it."""
    delivery = _delivery_of(mail, thread)
    if delivery is None:
        return
    if mail.report and not mail.report.permanent:
        if delivery.note_delay(finding.why):
            broadcasts.line_changed(thread, delivery.line)
    elif delivery.bounce(finding.why):
        thread.not_delivered(delivery.line)


def _delivery_of(mail: Mail, thread: Interaction) -> Delivery | None:
    """By the Message-ID it names, else the last one that went to who could not be reached."""
    out = Delivery.objects.filter(line__interaction=thread, state__in=OUT).select_related("line__agent", "line__email")
    report = mail.report
    named = [report.message_id if report else "", mail.in_reply_to or "", *mail.references]
    if found := out.filter(provider_id__in=[known_id(one) for one in named if one]).first():
        return found
    lost = {address.lower() for address in (report.recipients if report else ())}
    for delivery in out.order_by("-line__seq")[:20]:
        email = delivery.line.email
        if lost & {address.lower() for address in (*email.to, *email.cc, *email.bcc)}:
            return delivery
    return None
