"""Lee, who calls: from our page in his browser, or from a telephone by Twilio. What differs is here, and only here."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import django_rq
from django.core.files.storage import default_storage
from django.db import connections
from playwright.sync_api import BrowserContext, expect
from rq import Queue
from rq.exceptions import DequeueTimeout

from interactions.models import Recording
from tests.browser.voices import give_voice, wait_to_hear
from tests.interleaving import wait_until
from tests.tones import LEE
from tests.twilio.exchange import Exchange


class Visitor:
    """At the hosted page. What is recorded of him is the second channel; each page of an agent records for itself."""

    channel = 1

    def __init__(self, context: BrowserContext, url: str) -> None:
        give_voice(context, LEE)
        self.page, self.url = context.new_page(), url

    def call(self) -> None:
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Call us").click()
        self.page.get_by_label("The call may be recorded").check()
        self.page.get_by_role("button", name="Check my microphone").click()
        expect(self.page.get_by_text("We can hear you")).to_be_visible()
        self.page.get_by_role("button", name="Call now").click()
        expect(self.page.get_by_role("region", name="Call us")).to_contain_text("You are next in line")

    def hears(self, *voices: int) -> None:
        wait_to_hear(self.page, *voices)

    def hears_music(self) -> None:
        self.hears()
        expect(self.page.locator(".call")).to_have_attribute("data-music", "true")

    def hang_up(self) -> None:
        self.page.get_by_role("button", name="Hang up").click()

    def recording(self) -> str:
        return default_storage.path(Recording.objects.earliest("pk").path)


class Caller:
    """With a telephone. What is recorded is one file, made of his line: in the first channel what he says."""

    channel = 0

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def call(self) -> None:
        self.line, self.handset = self.exchange.ring(LEE)
        self.hears_music()

    def hears(self, *voices: int) -> None:
        wait_to_hear(self.handset, *voices)

    def hears_music(self) -> None:
        self.hears()
        wait_until(self.handset.hears_anything)

    def hang_up(self) -> None:
        self.exchange.hang_up(self.line)

    def press(self, key: str) -> None:
        self.exchange.press(self.line, key)

    def pick_up(self) -> None:
        """We call him."""
        self.line = wait_until(lambda: next(iter(self.exchange.telephone.rung), None))
        self.exchange.pick_up(self.line, self.handset)

    def recording(self) -> str:
        [one] = self.exchange.telephone.recordings
        assert not all(said.any() for said, _heard in one.frames), "in it is silence for what passed on hold"
        made = wait_until(lambda: Recording.objects.filter(state=Recording.State.DONE).first())
        return default_storage.path(made.path)


@contextmanager
def worker() -> Iterator[None]:
    """What is to be done away from the live path is done, in a thread of our own."""
    over = Event()

    def work() -> None:
        queue = django_rq.get_queue("default")
        while not over.is_set():
            with suppress(DequeueTimeout):
                job, _queue = Queue.dequeue_any([queue], 1, connection=queue.connection)
                job.perform()
        connections.close_all()

    thread = Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(10)
