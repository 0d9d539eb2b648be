"""What every request goes through: the viewer's own time zone and language, and polite answers to lost races."""

import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation

from agents.errors import StaleState

type Handler = Callable[[Any], HttpResponse]


def in_the_viewers_terms(get_response: Handler) -> Handler:
    """Signed-in people read times in their zone and words in their language; others as their browser asks."""

    def middleware(request: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        request.LANGUAGE_CODE = request.user.language
        with translation.override(request.user.language), timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
            return get_response(request)

    return middleware


class stale_is_no_error:
    """A move that came too late is answered with 409, a notice, and a desk that fetches what is true now."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, StaleState):
            return None
        template = "409.html#notice" if request.htmx else "409.html"
        response = render(request, template, {"notice": str(exception)}, status=409)
        response["HX-Trigger"] = "stale"
        return response


def sign_in_is_a_page(get_response: Handler) -> Handler:
    """htmx would put the login page it is redirected to into a pane; it is told to go there instead."""

    def middleware(request: Any) -> HttpResponse:
        response = get_response(request)
        login = resolve_url(settings.LOGIN_URL)
        if not request.htmx or response.status_code != 302 or not response["Location"].startswith(f"{login}?"):
            return response
        here = request.htmx.current_url_abs_path or "/"
        return HttpResponse(status=401, headers={"HX-Redirect": f"{login}?{urlencode({'next': here})}"})

    return middleware
