"""A recording on the desk: seen, and gone about in by mouse and by keyboard."""

import subprocess
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import expect

from interactions.adapters.voice import recordings
from interactions.calls import line
from interactions.models import CallLeg, Recording
from tests.cast import make_active, make_chat

pytestmark = pytest.mark.usefixtures("valkey")
# Ten seconds: the agent speaks in the first half, the customer all the time.
SPOKEN = "aevalsrc=0.5*sin(880*2*PI*t)*lt(t\\,5)|0.5*sin(440*2*PI*t):s=48000:d=10"

HEIGHTS = """() => [...document.querySelectorAll(".recording__wave path")].map((path) => {
    const points = [...path.getAttribute("d").matchAll(/L(\\d+) ([\\d.]+)/g)];
    const loud = points.map(([, , y]) => Math.abs(y - 32)).slice(0, 240);
    return [loud.slice(10, 110), loud.slice(130, 230)].map((part) => Math.round(Math.min(...part)));
})"""


@pytest.fixture
def recorded_call(entry_point, maya):
    """Over, and its recording joined."""
    talk = make_active(make_chat(entry_point, text="Hello?"), maya)
    call = line.start(talk, "browser", consented=True)
    leg = line.join(CallLeg.objects.get(call=call, agent=maya))
    recording = Recording.objects.create(call=call, leg=leg, page=leg.page, chunks=10)
    path = Path(default_storage.path(recording.path))
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", SPOKEN, "-c:a", "libopus", str(path)]
    subprocess.run(command, check=True)
    Recording.objects.update(bytes=path.stat().st_size)
    line.back_to_writing(call, why="hung up")
    recordings.join(Recording.objects.get())
    yield talk
    path.unlink()


def test_a_recording_is_seen_and_gone_about_in(sign_in, site, maya, recorded_call):
    desk = sign_in(maya)
    desk.goto(f"{site}/desk/{recorded_call.pk}/")
    place = desk.get_by_role("slider", name="Where it plays")
    expect(place).to_have_attribute("max", "10")
    (agent, silent), (first, second) = desk.evaluate(HEIGHTS)
    assert min(agent, first, second) > 15 > 2 > silent
    place.focus()
    for _second in range(3):
        desk.keyboard.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuetext", "0:03 / 0:10")
    desk.wait_for_function("() => document.querySelector('play-back audio').currentTime === 3")
    box = place.bounding_box()
    desk.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(place).to_have_attribute("aria-valuetext", "0:08 / 0:10")
    desk.evaluate("() => document.querySelector('play-back audio').play()")
    desk.wait_for_function("() => document.querySelector('play-back audio').currentTime > 8.2")
    played = desk.locator(".recording__played")
    desk.wait_for_function("played => Number(played.getAttribute('width')) > 195", arg=played.element_handle())
