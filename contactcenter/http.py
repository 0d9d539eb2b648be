"""Requests, each on one thread from first middleware to last."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from contactcenter.threads import visit

# With the eight of `in_db` as many as the pool has connections, so nobody waits for one while holding a thread.
_threads = ThreadPoolExecutor(8, thread_name_prefix="request")


class OneHop(ASGIHandler):
    """Django's own starts a thread for each request and crosses to it and back at every border between what may be
    asynchronous and what is not. None of ours is: a request is one visit to a thread, its database connection with it.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, refusal = self.create_request(scope, body)
            response: Any = refusal
            if request:
                response = await visit(_threads, self._answer, scope, request)
            await self.send_response(response, send)
            if response.streaming:
                await visit(_threads, response.close)

    def _answer(self, scope: Any, request: HttpRequest) -> HttpResponseBase:
        request_started.send(sender=type(self), scope=scope)
        response: Any = self.get_response(request)
        response._handler_class = type(self)
        if response.streaming:
            response.block_size = self.chunk_size
            close_old_connections()
        else:
            response.close()  # ends the request, its connection included
            # It and its user, session and messages keep each other; apart, they are gone now and not when the garbage
            # collector comes by, which holds up whoever is served then.
            vars(request).clear()
        return response
