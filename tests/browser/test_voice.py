"""Calls between real browsers, told apart by the tone each of them speaks with."""

import os
import signal
import subprocess
import time
from array import array
from collections.abc import Callable
from datetime import timedelta
from math import cos, hypot, log10, pi, sin
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interactions.models import Call, CallLeg, Interaction, Recording
from interactions.routing import timers
from interactions.routing.router import route
from tests.browser.signing_in import listen_in
from tests.browser.voices import LEE, MAYA, SAM, give_voice, wait_to_hear
from tests.cast import make_entry_point

REFUSE = """() => {
    window.__allowed = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError") };
}"""

pytestmark = pytest.mark.usefixtures("valkey")


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


@pytest.fixture
def entry_point(queue):
    return make_entry_point(queue, calls=True, title="Support", prechat=[])


@pytest.fixture
def lee_calls(site: str, entry_point: Any, contexts: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Lee opens the hosted page, lets it hear him, and calls."""

    def call(**options: Any) -> Page:
        context = contexts(**options)
        give_voice(context, LEE)
        page = context.new_page()
        page.goto(f"{site}/visit/{entry_point.key}/")
        page.get_by_role("button", name="Call us").click()
        page.get_by_label("The call may be recorded").check()
        page.get_by_role("button", name="Check my microphone").click()
        expect(page.get_by_text("We can hear you")).to_be_visible()
        page.get_by_role("button", name="Call now").click()
        return page

    return call


def renderer_of(page: Page, browser: Browser) -> int:
    """The process of this page: the one that works while the page does."""
    system = browser.new_browser_cdp_session()

    def worked() -> dict[int, float]:
        processes = system.send("SystemInfo.getProcessInfo")["processInfo"]
        return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}

    before = worked()
    page.evaluate("() => { const end = performance.now() + 400; while (performance.now() < end); }")
    return max((spent - before.get(pid, spent), pid) for pid, spent in worked().items())[1]


def loudness(samples: array, frequency: int, rate: int = 16000) -> float:
    """Of one tone in these samples, in dB (Goertzel's sum over a second from the middle)."""
    part = samples[len(samples) // 2 :][:rate]
    angle = 2 * pi * frequency / rate
    real = sum(value * cos(angle * i) for i, value in enumerate(part))
    imaginary = sum(value * sin(angle * i) for i, value in enumerate(part))
    return 20 * log10(hypot(real, imaginary) * 2 / len(part) / 32768 + 1e-9)


def decoded(path: str, channel: int) -> array:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        path,
        "-map_channel",
        f"0.0.{channel}",
        "-ar",
        "16000",
        "-f",
        "s16le",
        "-",
    ]
    return array("h", subprocess.run(command, capture_output=True, check=True).stdout)


def test_a_supervisor_a_recording_and_a_page_that_is_killed(
    lee_calls, at_desk, site, contexts, chromium, maya, sam, queue
):
    lee = lee_calls()
    desk = at_desk(maya, MAYA)
    route()
    desk.get_by_role("button", name="Accept").click()
    wait_to_hear(lee, MAYA)
    context = contexts()
    give_voice(context, SAM)
    board = context.new_page()
    listen_in(sam, board, f"{site}/wallboard/calls/{Call.objects.get().pk}/")
    board.get_by_role("button", name="Listening").click()
    wait_to_hear(board, LEE, MAYA)
    wait_to_hear(lee, MAYA)
    board.get_by_role("button", name="Whispering").click()
    wait_to_hear(desk, LEE, SAM)
    wait_to_hear(lee, MAYA)
    expect(lee.locator(".call")).not_to_contain_text("Sam")

    assert wait_for(lambda: Recording.objects.filter(chunks__gte=10).exists(), 15)
    os.kill(renderer_of(desk, chromium), signal.SIGKILL)
    expect(lee.get_by_text("The connection is being restored")).to_be_visible()
    expect(lee.locator(".call")).to_have_attribute("data-music", "true")
    path = default_storage.path(Recording.objects.get().path)
    left, right = decoded(path, 0), decoded(path, 1)
    assert len(left) / 16000 >= 9
    assert loudness(left, MAYA) > -30 > -60 > max(loudness(left, LEE), loudness(left, SAM))
    assert loudness(right, LEE) > -30 > -60 > max(loudness(right, MAYA), loudness(right, SAM)), "never the whisper"

    CallLeg.objects.filter(agent=maya).update(back_by=timezone.now() - timedelta(seconds=1))
    timers.sweep()
    expect(lee.get_by_role("region", name="Call us")).to_contain_text("You are next in line")
    interaction = Interaction.objects.get()
    assert (interaction.state, interaction.place_from < interaction.arrived_at) == ("queued", True)


def test_a_chat_becomes_a_call_and_a_chat_again(at_desk, site, entry_point, contexts, maya):
    context = contexts()
    give_voice(context, LEE)
    lee = context.new_page()
    lee.goto(f"{site}/visit/{entry_point.key}/")
    lee.get_by_label("Your message").fill("Hello?")
    lee.get_by_role("button", name="Start chat").click()
    desk = at_desk(maya, MAYA)
    route()
    desk.get_by_role("button", name="Accept").click()
    expect(lee.get_by_text("Maya joined")).to_be_visible()

    lee.evaluate(REFUSE)
    lee.get_by_role("button", name="Call us").click()
    lee.get_by_role("button", name="Check my microphone").click()
    expect(lee.get_by_role("alert")).to_contain_text("does not let this page use the microphone")
    lee.get_by_role("button", name="Write instead").click()
    expect(lee.get_by_role("textbox", name="Write a message…")).to_be_focused()

    lee.evaluate("() => { navigator.mediaDevices.getUserMedia = window.__allowed }")
    lee.get_by_role("button", name="Call us").click()
    lee.get_by_role("button", name="Check my microphone").click()
    lee.get_by_role("button", name="Call now").click()
    expect(desk.get_by_role("region", name="Phone")).to_contain_text("is calling you")
    desk.get_by_role("button", name="Answer").click()
    wait_to_hear(lee, MAYA)
    assert Interaction.objects.get().channel == "voice"
    lee.get_by_role("button", name="Hang up").click()
    expect(desk.get_by_role("region", name="Phone")).to_have_count(0)
    desk.get_by_role("textbox", name="Your message").fill("Until next time")
    desk.keyboard.press("Enter")
    expect(lee.get_by_text("Until next time")).to_be_visible()
    assert Interaction.objects.get().channel == "chat"
