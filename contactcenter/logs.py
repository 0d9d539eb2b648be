"""One JSON object per log line; every line written during a request carries the request's id."""

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from pythonjsonlogger.json import JsonFormatter

log = logging.getLogger(__name__)
current_request: ContextVar[str] = ContextVar("current_request", default="")
# An id from the proxy in front is taken over if it cannot be mistaken for anything else.
SANE = re.compile(r"[\w.:-]{1,64}")


def formatter() -> JsonFormatter:
    """Time, level, logger and message, then whatever was given as `extra`."""
    names = {"asctime": "time", "levelname": "level", "name": "logger"}
    lines = JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=names)
    lines.converter = time.gmtime
    lines.default_time_format, lines.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    return lines


class RequestFilter(logging.Filter):
    """Adds the id of the request in which a line was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        if request := current_request.get():
            record.request_id = request
        return True


@sync_and_async_middleware
def request_log(
    get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]],
) -> Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]:
    """Give every request an id, in the log and in the answer, and one line when it is done."""
    if iscoroutinefunction(get_response):

        async def in_async(request: HttpRequest) -> HttpResponse:
            with _identified(request) as done:
                return done(await get_response(request))

        return in_async

    def in_sync(request: HttpRequest) -> HttpResponse:
        with _identified(request) as done:
            return done(get_response(request))  # type: ignore[arg-type]

    return in_sync


@contextmanager
def _identified(request: HttpRequest) -> Iterator[Callable[[HttpResponse], HttpResponse]]:
    given = request.headers.get("X-Request-ID", "")
    name = given if SANE.fullmatch(given) else uuid.uuid4().hex
    started = time.perf_counter()

    def done(response: HttpResponse) -> HttpResponse:
        response["X-Request-ID"] = name
        match = request.resolver_match
        if match and match.view_name not in {"healthz", "readyz"}:
            # The route, not the path: a path may hold a visitor's token.
            facts = {"method": request.method, "route": match.route, "status": response.status_code}
            log.info("request", extra=facts | {"ms": round((time.perf_counter() - started) * 1000, 1)})
        return response

    token = current_request.set(name)
    try:
        yield done
    finally:
        current_request.reset(token)
