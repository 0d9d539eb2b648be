"""A mail of ours that came back, or is late: which one it was. Called in the transaction that files the bounce."""

from interactions import broadcasts
from interactions.adapters.email.automatic import Finding
from interactions.adapters.email.parse import Mail
from interactions.adapters.email.threads import known_id
from interactions.models import Delivery, Interaction
from interactions.models.delivery import State

OUT = [State.SENDING, State.SENT, State.DELIVERED]


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
