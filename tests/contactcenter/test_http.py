"""How requests are carried through the web process."""

import asyncio
import gc
import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished, request_started

from contactcenter.http import OneHop
from tests.interleaving import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def ask(application: Any, path: str) -> int:
    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    call = ApplicationCommunicator(application, scope)
    await call.send_input({"type": "http.request", "body": b""})
    answer = await call.receive_output(timeout=10)
    await call.wait(timeout=10)
    return answer["status"]


async def test_a_request_begins_and_ends_on_one_thread_of_ours():
    visits: list[tuple[str, str]] = []

    def begun(**_: Any) -> None:
        visits.append(("begun", threading.current_thread().name))

    def ended(**_: Any) -> None:
        visits.append(("ended", threading.current_thread().name))

    request_started.connect(begun)
    request_finished.connect(ended)
    try:
        assert await ask(OneHop(), "/login/") == 200
    finally:
        request_started.disconnect(begun)
        request_finished.disconnect(ended)
    (first, thread), (second, other) = visits
    assert (first, second) == ("begun", "ended")
    assert thread == other
    assert thread.startswith("request")


async def test_a_request_is_gone_once_it_is_answered():
    class Seen(OneHop):
        def create_request(self, scope: Any, body: Any) -> Any:
            request, refusal = super().create_request(scope, body)
            self.request = weakref.ref(request)
            return request, refusal

    application = Seen()
    gc.disable()
    try:
        assert await ask(application, "/desk/") == 302
        wait_until(lambda: application.request() is None)  # its thread lets go of it a moment after the answer
    finally:
        gc.enable()


async def test_more_requests_than_threads_are_all_answered():
    application = OneHop()
    assert set(await asyncio.gather(*(ask(application, "/readyz") for _ in range(40)))) <= {200, 503}


def test_a_web_process_has_settled_down_before_it_serves():
    look = "import gc, sys, contactcenter.asgi; print(gc.get_freeze_count(), sys.getswitchinterval())"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    frozen, interval = done.stdout.split()
    assert int(frozen) > 100_000
    assert float(interval) < 0.005


async def test_what_goes_wrong_is_a_page():
    assert await ask(OneHop(), "/nowhere/") == 404
