"""Who may come in: the entry point, the site that asks, the visitor's token, and how often."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from agents.errors import StaleState
from agents.guesses import address_of
from contactcenter.prepared import Prepared
from interactions.adapters.chat.refusals import Refusal
from interactions.adapters.chat.throttle import within
from interactions.models import EntryPoint, Visitor
from interactions.models.customer import token_hash

log = logging.getLogger(__name__)
LONGEST_BODY = 64 * 1024

type View = Callable[..., HttpResponseBase]


_doors = Prepared(
    lambda key: EntryPoint.objects.select_related("queue__hours", "hours").filter(key=key, channel="chat", active=True)
)


def find_entry_point(key: str) -> EntryPoint:
    if entry_point := _doors.first(key):
        return entry_point
    raise Refusal("unknown_entry")


def check_origin(entry_point: EntryPoint, origin: str, host: str) -> None:
    """Our own pages always, other sites when listed. No origin means no browser page: there the token is enough."""
    if not origin:
        return
    site, ours = _site(origin), {host.lower(), _site(settings.PUBLIC_BASE_URL)}
    if (not site or site not in ours) and origin.lower() not in entry_point.allowed_origins:
        raise Refusal("origin")


def _site(url: str) -> str:
    try:
        return urlsplit(url.lower()).netloc
    except ValueError:
        return ""


_visitors = Prepared(
    lambda door, hashed: Visitor.objects.filter(entry_point=door, token_hash=hashed).select_related("customer")
)


def find_visitor(entry_point: EntryPoint, token: Any) -> Visitor:
    if not isinstance(token, str) or not 20 <= len(token) <= 100 or not token.isascii():
        raise Refusal("token")
    if visitor := _visitors.first(entry_point.pk, token_hash(token)):
        return visitor
    raise Refusal("token")


def for_visitors(method: str, *, per_minute: int | None = None) -> Callable[[View], View]:
    """A view for a visitor's page, here or on a site that may embed the chat; refusals become JSON.

    Exempt from the CSRF check because no cookie is read: a forged request has no token to show.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponseBase:
            origin = request.headers.get("Origin", "")
            welcome = False
            try:
                entry_point = find_entry_point(key)
                check_origin(entry_point, origin, request.get_host())
                welcome = True
                if request.method == "OPTIONS":
                    response: HttpResponseBase = HttpResponse(status=204)
                elif request.method != method:
                    return HttpResponse(status=405, headers={"Allow": f"{method}, OPTIONS"})
                elif per_minute and not within(view.__name__, address_of(request), per_minute):
                    raise Refusal("flood")
                else:
                    response = view(request, entry_point, **kwargs)
            except Refusal as refusal:
                response = JsonResponse(refusal.as_data(), status=refusal.status)
            except StaleState as late:
                response = JsonResponse(Refusal("closed", str(late)).as_data(), status=409)
            except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):  # too big, torn off, or no form
                response = JsonResponse(Refusal("invalid").as_data(), status=400)
            except Exception:
                log.exception("a visitor's request failed")
                response = JsonResponse(Refusal("server").as_data(), status=500)
            if origin and welcome:
                response["Access-Control-Allow-Origin"] = origin
                response["Access-Control-Allow-Methods"] = method
                response["Access-Control-Allow-Headers"] = "Content-Type, X-Visitor-Token"
                response["Access-Control-Max-Age"] = "600"
            patch_vary_headers(response, ["Origin"])
            response.setdefault("Cache-Control", "no-store")
            return response

        return guarded

    return decorate


def json_of(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LONGEST_BODY:
        raise Refusal("too_long")
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refusal("bad_json") from None
    if not isinstance(data, dict):
        raise Refusal("bad_json")
    return data
