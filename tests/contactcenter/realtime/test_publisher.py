"""A push leaves after the commit, from every kind of process, and harms no verb."""

import asyncio
import sys
import threading

import pytest
from django.conf import settings
from django.db import transaction

from contactcenter.realtime import flush, hub, in_db, publisher, push
from tests.contactcenter.realtime.viewer import OpenScreen, patch

# in_db looks after the connections of its threads, which earlier tests may have left open.
pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
async def test_a_push_waits_for_the_commit(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)

    def verb() -> None:
        with transaction.atomic():
            push(group, patch("committed"))
            publisher._publish(group, patch("before the commit") | {"g": group})
            assert flush()

    await in_db(verb)
    assert await browser.receive_from() == "before the commit"
    assert await browser.receive_from() == "committed"


@pytest.mark.django_db(transaction=True)
async def test_what_is_rolled_back_is_not_shown(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)

    def verb() -> None:
        with transaction.atomic():
            push(group, patch("never"))
            transaction.set_rollback(True)
        push(group, patch("outside"))

    await in_db(verb)
    assert await browser.receive_from() == "outside"


async def test_an_event_that_cannot_be_sent_harms_neither_the_verb_nor_the_next_push(
    open_screen: OpenScreen, group: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = await open_screen(group)
    push(group, patch("") | {"html": object()})
    push(group, patch("next"))
    assert await browser.receive_from() == "next"
    assert "could not be sent" in caplog.text


async def test_a_loop_that_has_ended_keeps_no_push_from_the_others(open_screen: OpenScreen, group: str) -> None:
    browser, ended = await open_screen(group), asyncio.new_event_loop()
    hub._hubs[ended] = hub.Hub()
    ended.close()
    push(group, patch("still heard"))
    assert await browser.receive_from() == "still heard"


async def test_pushes_of_many_threads_all_arrive_each_in_its_order(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    together = threading.Barrier(4, timeout=5)

    def say(thread: int) -> None:
        together.wait()
        for number in range(40):
            push(group, patch(f"{thread} {number:02}"))

    await asyncio.gather(*(in_db(say, thread) for thread in range(4)))
    heard = [await browser.receive_from(timeout=5) for _ in range(160)]
    assert sorted(heard) == [f"{thread} {number:02}" for thread in range(4) for number in range(40)]
    for thread in "0123":
        mine = [words for words in heard if words.startswith(thread)]
        assert mine == sorted(mine)


async def test_commands_and_forked_workers_push_before_they_exit(open_screen: OpenScreen, group: str) -> None:
    browser = await open_screen(group)
    program = """if True:
        import os, sys, django
        django.setup()
        from contactcenter.realtime import hub, push
        parent = hub.HERE
        push(sys.argv[1], {"type": "screen.patch", "html": "parent"})
        if not os.fork():
            push(sys.argv[1], {"type": "screen.patch", "html": "child"})
            os._exit(hub.HERE == parent)  # a hub takes what comes from here for shown already
        sys.exit(os.wait()[1])
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, group, cwd=settings.BASE_DIR)
    assert await process.wait() == 0
    assert {await browser.receive_from(timeout=5) for _ in range(2)} == {"parent", "child"}


async def test_screens_use_the_database_side_by_side() -> None:
    barrier = threading.Barrier(4, timeout=5)
    await asyncio.gather(*(in_db(barrier.wait) for _ in range(4)))
