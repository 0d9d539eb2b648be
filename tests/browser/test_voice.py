"""Calls between real browsers, told apart by the tone each of them speaks with."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interactions.adapters.voice.recordings import join
from interactions.models import Call, CallLeg, Interaction, Recording
from interactions.routing import timers
from interactions.routing.router import route
from tests.browser.conftest import chromium_path
from tests.browser.customers import Visitor
from tests.browser.loopback import only_loopback
from tests.browser.signing_in import listen_in
from tests.browser.voices import FLAGS, LEE, MAYA, SAM, give_voice, recorded, speaks, wait_to_hear
from tests.cast import make_entry_point
from tests.interleaving import wait_until

REFUSE = """() => {
    window.__allowed = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError") };
}"""

pytestmark = pytest.mark.usefixtures("valkey")


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


def probed(path: str) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,channels", "-of", "json", path]
    (stream,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"]
    return dict(stream)


# A plan and its opposite before the first was carried out: a supervisor who comes and goes, a hold that was a mistake.
TAKEN_BACK = """() => {
    const { mesh } = document.querySelector("soft-phone"), { plan } = mesh;
    mesh.obey({ ...plan, peers: plan.peers.map((peer) => ({ ...peer, send: [] })) });
    mesh.obey(plan);
}"""


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
    desk.evaluate(TAKEN_BACK)
    wait_to_hear(lee, MAYA)

    wait_until(lambda: Recording.objects.filter(chunks__gte=10).exists())  # the tenth second is kept
    os.kill(renderer_of(desk, chromium), signal.SIGKILL)
    expect(lee.get_by_text("The connection is being restored")).to_be_visible()
    expect(lee.locator(".call")).to_have_attribute("data-music", "true")
    path = default_storage.path(Recording.objects.get().path)
    assert probed(path) == {"codec_name": "opus", "channels": 2}
    left, right = recorded(path)  # in quarters of a second
    assert min(len(left), len(right)) >= 9 * 4
    assert min(speaks(left, MAYA), speaks(right, LEE)) > 0.8
    assert {speaks(left, LEE), speaks(left, SAM), speaks(right, MAYA)} == {0}
    assert speaks(right, SAM) == 0, "never the whisper"

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
    lee.get_by_label("The call may be recorded").check()
    lee.get_by_role("button", name="Check my microphone").click()
    lee.get_by_role("button", name="Call now").click()
    expect(desk.get_by_role("region", name="Phone")).to_contain_text("is calling you")
    desk.get_by_role("button", name="Answer").click()
    wait_to_hear(lee, MAYA)
    assert Interaction.objects.get().channel == "voice"
    wait_until(lambda: Recording.objects.heard().exists())
    lee.get_by_role("button", name="Hang up").click()
    expect(desk.get_by_role("region", name="Phone")).to_have_count(0)
    expect(desk.locator(".recording__wave")).to_have_count(0)
    join(Recording.objects.get(state="stopped"))
    expect(desk.locator(".recording__wave")).to_be_visible()
    desk.get_by_role("textbox", name="Your message").fill("Until next time")
    desk.keyboard.press("Enter")
    expect(lee.get_by_text("Until next time")).to_be_visible()
    assert Interaction.objects.get().channel == "chat"


REACHED = """async () => {
    const [{ pc }] = document.querySelector("soft-phone").mesh.peers.values();
    const stats = [...(await pc.getStats()).values()];
    const pair = stats.find((one) => one.type === "candidate-pair" && one.nominated);
    const ends = [pair.localCandidateId, pair.remoteCandidateId];
    return stats.filter(({ id }) => ends.includes(id)).map(({ address }) => address);
}"""


def test_a_call_where_there_is_no_network_but_loopback(site, queue, entry_point, chromium, sign_in, maya, tmp_path):
    with only_loopback(int(site.rpartition(":")[2])) as network:
        assert network.interfaces() == ["lo"]
        kind = chromium.browser_type
        browser = kind.launch(executable_path=network.program(chromium_path(), tmp_path), args=FLAGS)
        lee = Visitor(browser.new_context(), f"{site}/visit/{entry_point.key}/")
        lee.call()
        context = browser.new_context()
        give_voice(context, MAYA)
        desk = sign_in(maya, context=context)
        route()
        desk.get_by_role("button", name="Accept").click()
        lee.hears(MAYA)
        wait_to_hear(desk, LEE)
        assert desk.evaluate(REACHED) == ["127.0.0.1", "127.0.0.1"]
        browser.close()
