"""Who is knocking: only what Twilio signed for this very address and these very words is let in.

Anybody can find a webhook's address. A request that Twilio did not sign, or that is another than the one it signed, is
refused before anything is read or written. The same request once more cannot be told from Twilio's own second try, so
it is let in; every webhook makes of it what it made the first time, which is nothing new.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

log = logging.getLogger(__name__)


def twilio_webhook[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    @csrf_exempt
    @require_POST
    @wraps(view)
    def signed_only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _signed(request):
            log.warning("a webhook without Twilio's signature was refused", extra={"path": request.path})
            return HttpResponseForbidden()
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return signed_only  # type: ignore[return-value]


def _signed(request: HttpRequest) -> bool:
    """For the public address: what a proxy made of host, scheme and port is not what Twilio called."""
    signature = request.headers.get(SIGNATURE_HEADER, "")
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER))
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    try:
        body = request.body.decode() if "bodySHA256" in request.GET else request.POST
    except UnicodeDecodeError:
        return False
    # Two while one is being exchanged for the other.
    tokens = settings.TWILIO_AUTH_TOKENS if signature else []
    return any(RequestValidator(token).validate(url, body, signature, algorithm) for token in tokens)
