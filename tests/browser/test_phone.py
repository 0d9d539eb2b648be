"""The phone on the desk: tried before calls come, its devices, its bell, and how good the line sounds."""

import pytest
from playwright.sync_api import expect

from agents.models import PhoneCheck
from interactions.models import Call, CallEvent
from interactions.routing.router import route
from tests.browser.voices import LEE, MAYA, OLGA, give_voice, wait_to_hear
from tests.cast import make_agent, make_chat, make_entry_point, make_offer
from tests.interleaving import wait_until

pytestmark = pytest.mark.usefixtures("valkey")

# When the bell is cut off, and how often it has struck.
BELL = """
    window.__struck = 0;
    const start = OscillatorNode.prototype.start, part = AudioNode.prototype.disconnect;
    OscillatorNode.prototype.start = function (at) {
        window.__struck += this.type === "triangle"; // a microphone's is none
        return start.call(this, at);
    };
    AudioNode.prototype.disconnect = function (...all) { window.__quiet = Date.now(); return part.apply(this, all); };
"""

QUALITY = """() => {
    const usual = { rtt: 40, jitter: 3, loss: 0 }, line = new LineQuality();
    const took = (sample, times, line) => {
        for (let n = 0; n < times; n++) line.take({ ...usual, ...sample });
        return line.level;
    };
    const after = (sample, times = 5) => took(sample, times, new LineQuality());
    return {
        good: after({}),
        slow: after({ rtt: 420 }),
        twice: after({ rtt: 420 }, 2),
        uneven_too: after({ rtt: 420, jitter: 35 }),
        lossy: after({ loss: 2 }),
        hopeless: after({ loss: 30, rtt: 900 }),
        raised: took({ rtt: 420 }, 3, line),
        still: took({ rtt: 350 }, 5, line),
        eased: took({ rtt: 250 }, 5, line),
        best: LineQuality.mos({ rtt: 20, jitter: 0, loss: 0 }).toFixed(1),
        worst: LineQuality.mos({ rtt: 800, jitter: 60, loss: 20 }).toFixed(1),
    };
}"""


def told(response):
    return response.url.endswith("/phone/check/") and response.request.method == "POST"


DENIED = "() => (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')))"


@pytest.fixture
def olga(team):
    return make_agent("Olga Ruiz", team=team, capacities={"voice": 1, "chat": 2}, status="offline")


def test_the_phone_is_tried_before_calls_come_and_is_in_one_tab(sign_in, contexts, olga, queue, entry_point):
    context = contexts()
    context.add_init_script(BELL)
    give_voice(context, OLGA)
    desk = sign_in(olga, context=context)
    expect(desk.locator("phone-check")).to_contain_text("not checked")
    with desk.expect_response(told):
        desk.get_by_role("button", name="Go available").click()
    expect(desk.locator(".preflight__button")).to_contain_text("ready")
    olga.refresh_from_db()
    check = PhoneCheck.objects.get()
    assert (check.passed, check.round_trip is not None, olga.voice.phone_passed) == (True, True, True)

    other = context.new_page()
    other.goto(desk.url)
    expect(other.locator(".preflight__button")).to_contain_text("other tab")
    make_offer(make_chat(entry_point, text="Hello?"), olga)
    expect(other.get_by_role("button", name="Accept")).to_be_visible()
    for page in (desk, other):
        page.locator("h2").first.dispatch_event("pointerdown")  # a browser rings after the first gesture
    rings = wait_until(lambda: next((page for page in (desk, other) if page.evaluate("() => window.__struck")), None))
    answers = other if rings == desk else desk
    expect(answers).to_have_title("(1) Ringing")
    pressed = answers.evaluate("() => (document.querySelector('[data-offer] button').click(), Date.now())")
    rings.wait_for_function("pressed => window.__quiet > pressed - 50", arg=pressed)
    assert rings.evaluate("() => window.__quiet") - pressed < 100, "quiet at once, in the other tab too"

    other.keyboard.press("Alt+v")
    other.get_by_role("button", name="Take it here").click()
    expect(desk.locator(".preflight__button")).to_contain_text("other tab")
    expect(other.get_by_text("The phone is in the other tab.")).to_be_hidden()

    other.evaluate(DENIED)
    with other.expect_response(told):
        other.get_by_role("button", name="Check again").click()
    expect(other.get_by_text("Press the sign beside the address")).to_be_visible()
    expect(other.locator(".preflight__button")).to_contain_text("no calls")
    assert PhoneCheck.objects.latest("pk").troubles == ["denied"]

    assert desk.evaluate(QUALITY) == {
        "good": "good",
        "slow": "fair",
        "twice": "good",
        "uneven_too": "poor",
        "lossy": "fair",
        "hopeless": "bad",
        "raised": "fair",
        "still": "fair",
        "eased": "good",
        "best": "4.4",
        "worst": "1.0",
    }


@pytest.fixture
def lee(site, contexts, queue):
    """A customer who waits for somebody to answer; the line breaks the first time they mute or unmute themselves."""
    entry_point = make_entry_point(queue, calls=True, title="Support", prechat=[])
    context = contexts()
    give_voice(context, LEE)
    page = context.new_page()
    lost = set()

    def carry(line):
        server = line.connect_to_server()

        def heard(said):
            if "call.mute" not in said or said in lost:
                server.send(said)
            else:
                lost.add(said)
                line.close(code=1011)

        line.on_message(heard)

    page.route_web_socket("**/ws/visit/**", carry)
    page.goto(f"{site}/visit/{entry_point.key}/")
    page.get_by_role("button", name="Call us").click()
    page.get_by_role("button", name="Check my microphone").click()
    page.get_by_role("button", name="Call now").click()
    expect(page.get_by_role("region", name="Call us")).to_contain_text("You are next in line")
    return page


@pytest.fixture
def desk(at_desk, maya, lee):
    """Of an agent who is talking with them."""
    page = at_desk(maya, OLGA, forgive="ERR_FAILED|Failed to fetch")
    expect(page.locator(".preflight__button")).to_contain_text("ready")
    route()
    page.get_by_role("button", name="Accept").click()
    wait_to_hear(lee, OLGA)
    return page


def test_who_mutes_themselves_is_silent_at_once_and_the_server_learns_of_it(desk, lee):
    desk.route("**/mute/", lambda wish: wish.abort(), times=1)
    mute, unmute = (desk.get_by_role("button", name=name, exact=True) for name in ("Mute", "Unmute"))
    mute.press("Enter")
    wait_to_hear(lee)
    expect(unmute).to_be_focused()
    expect(desk.get_by_role("region", name="Phone")).to_have_attribute("muted", "")
    expect(unmute).to_be_focused()
    unmute.press("Enter")
    wait_to_hear(lee, OLGA)
    expect(mute).to_be_focused()

    expect(lee.get_by_role("button", name="Mute", exact=True)).to_have_attribute("aria-pressed", "false")
    lee.get_by_role("button", name="Mute", exact=True).click()
    wait_to_hear(desk)
    expect(lee.get_by_role("button", name="Unmute", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(desk.get_by_role("region", name="Phone")).to_contain_text("The customer is muted")
    lee.get_by_role("button", name="Unmute", exact=True).click()
    wait_to_hear(desk, LEE)


def test_another_microphone_in_the_midst_of_a_call(desk, lee, maya):

    desk.keyboard.press("Alt+v")
    desk.evaluate("f => { window.__frequency = f }", MAYA)
    desk.get_by_label("Microphone", exact=True).select_option(index=1)
    wait_to_hear(lee, MAYA)
    expect(desk.get_by_text("The call goes on with another microphone")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("region", name="Phone")).to_contain_text("Line: good")
    desk.wait_for_function(
        "() => performance.getEntries().some((one) => one.name.endsWith('/quality/') && one.responseStatus === 204)"
    )
    event = CallEvent.objects.get(what="quality")
    assert (event.why[:5], event.leg.agent) == ("good ", maya)
    assert Call.objects.get().state == "talking"

    desk.keyboard.press("Alt+g")
    for key in "5#":
        with desk.expect_response("**/keys/"):
            desk.keyboard.press(key)
    assert CallEvent.objects.filter(what="digits").count() == 2
