"""The webhooks of SMS and WhatsApp: the database is written to, and an answer given, at once."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from twilio.twiml.messaging_response import MessagingResponse

from interactions.adapters.twilio.incoming import Said, answer_to, receive
from interactions.adapters.twilio.signature import twilio_webhook
from interactions.models import Number

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
