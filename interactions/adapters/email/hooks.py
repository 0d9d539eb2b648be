"""The third door: providers that hand mail over by HTTP, and tell what became of ours, as django-anymail reads them.

Each at hooks/mail/PROVIDER/inbound/ and .../tracking/, with the user and password of ANYMAIL_WEBHOOK_SECRET; without
that setting the door is shut. Anymail tells by signals and in no other way, so here we listen to them.
"""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import django_rq
from anymail.exceptions import AnymailConfigurationError
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, inbound, tracking
from anymail.urls import urlpatterns as theirs
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.crypto import constant_time_compare
from redis.exceptions import RedisError

from interactions.adapters.email.hook_forms import take_whole
from interactions.adapters.email.returned import told_by_provider
from interactions.adapters.email.store import Brought, store_all
from interactions.jobs import read_mail
from interactions.models import RawMail

log = logging.getLogger(__name__)
HOOK = RawMail.Door.HOOK
MOST_BYTES = 2 * settings.MAIL_MAX_BYTES  # files come in base64, and what is around them
SPAM_HEADER = "X-Spam-Flag"


class NobodyHere(Exception):
    """For none of our mailboxes: the provider keeps it, says so to its owner, and tries again."""


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def shut_without_a_secret(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = settings.ANYMAIL.get("WEBHOOK_SECRET")
        if not secret:
            raise Http404
        if constant_time_compare(get_request_basic_auth(request), secret):
            take_whole(request, MOST_BYTES)
        try:
            return view(request, *args, **kwargs)
        except AnymailConfigurationError as error:
            log.warning("a mail provider calls that is not set up", extra={"error": str(error)})
            raise Http404 from error

    return shut_without_a_secret


urlpatterns = [URLPattern(one.pattern, guarded(one.callback), name=one.name) for one in theirs]


@receiver(inbound)
def take_in(event: AnymailInboundEvent, **_: Any) -> None:
    """Stored before the provider hears that we have it; read by a worker."""
    message = event.message
    (stored,) = store_all([Brought(source_of(message), message.envelope_sender or "", recipients_of(message))], HOOK)
    if isinstance(stored, Exception):
        raise stored
    if not stored:
        raise NobodyHere(", ".join(recipients_of(message)))
    for pk in stored:
        transaction.on_commit(partial(_have_read, pk))


@receiver(tracking)
def hear(event: AnymailTrackingEvent, **_: Any) -> None:
    told_by_provider(event)


def source_of(message: AnymailInboundMessage) -> bytes:
    """The mail as the provider gave it, with its own verdict on spam."""
    if message.spam_detected and SPAM_HEADER not in message:
        message[SPAM_HEADER] = "YES"
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n", refold_source="none"))


def recipients_of(message: AnymailInboundMessage) -> list[str]:
    """Whom the provider took it for; else whom it names."""
    if message.envelope_recipient:
        return [message.envelope_recipient]
    named = [address.addr_spec for address in (*message.to, *message.cc)]
    return [*named, *(str(value) for value in message.get_all("Delivered-To", []))]


def _have_read(pk: int) -> None:
    try:
        django_rq.get_queue("default").enqueue(read_mail, pk)
    except RedisError as error:
        log.warning("a mail is read later", extra={"mail": pk, "error": str(error)})
