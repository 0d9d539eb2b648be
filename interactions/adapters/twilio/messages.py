"""The webhooks of SMS and WhatsApp: the database is written to, and an answer given, at once."""

import logging

from django.core.signing import BadSignature
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from twilio.twiml.messaging_response import MessagingResponse

from interactions.adapters.sending import show
from interactions.adapters.twilio.incoming import Said, answer_to, receive
from interactions.adapters.twilio.signature import twilio_webhook
from interactions.adapters.twilio.texts import FILE_READ_WITHIN, file_signer, hear
from interactions.models import Attachment, Delivery, Number
from interactions.uploads import download

log = logging.getLogger(__name__)


@twilio_webhook
def incoming(request: HttpRequest) -> HttpResponse:
    try:
        said = Said.of(request.POST)
    except ValueError:
        return HttpResponseBadRequest()
    number = Number.objects.reached(said.channel, said.to)
    if number is None:
        log.error("a message came for a number that is none of ours", extra={"to": said.to, "channel": said.channel})
        return HttpResponseNotFound()
    receive(said, number)
    response = MessagingResponse()
    if answer := answer_to(said, number):
        response.message(answer)
    return HttpResponse(str(response), content_type="text/xml")


@twilio_webhook
@transaction.atomic
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a message. Its address names the line, since this may be quicker than the answer to our create."""
    sid, said, code = (request.POST.get(name, "") for name in ("MessageSid", "MessageStatus", "ErrorCode"))
    delivery = get_object_or_404(Delivery.objects.select_related("line__interaction"), pk=pk)
    if not 0 < len(sid) <= 34:
        return HttpResponseBadRequest()
    if hear(delivery, sid, said, int(code) if code.isdecimal() and len(code) < 9 else 0):
        show(delivery)
    return HttpResponse(status=204)


@require_safe
def file(request: HttpRequest, signed: str) -> HttpResponseBase:
    """A file that we send, for Twilio to fetch: nobody finds its address, and it ends after a day."""
    try:
        token = file_signer.unsign(signed, max_age=FILE_READ_WITHIN)
    except BadSignature:
        raise Http404 from None
    return download(get_object_or_404(Attachment, token=token, message__kind="outbound"))
