"""One story of a call, told by tones, with whichever provider carries it: who hears whom is the same with both."""

import pytest
from playwright.sync_api import Page, expect

from interactions.adapters.twilio.client import client as twilio_client
from interactions.models import Call, CallEvent, Interaction, Number
from interactions.routing.router import route
from tests.browser.customers import Caller, Visitor, worker
from tests.browser.signing_in import listen_in, wait_until_alive
from tests.browser.voices import give_voice, recorded, speaks, wait_to_hear
from tests.browser.web import web_process
from tests.cast import make_entry_point
from tests.interactions.adapters.twilio.conftest import configured, door
from tests.interleaving import wait_until
from tests.tones import LEE, MAYA, OLGA, SAM
from tests.twilio.answers import ACCOUNT, KEY, SECRET, TOKEN
from tests.twilio.exchange import Exchange
from tests.twilio.simulator import Twilio

__all__ = ["configured", "door"]
pytestmark = pytest.mark.usefixtures("valkey")
PUBLIC = "http://desk.example"


@pytest.fixture(params=["browser", "twilio"])
def lee(request, queue):
    """The customer, by one provider."""
    return request.getfixturevalue(f"by_{request.param}")


@pytest.fixture(scope="module")
def exchange():
    with Exchange(Twilio(PUBLIC)).open() as exchange:
        yield exchange


@pytest.fixture(scope="module")
def web(django_db_setup, exchange):
    """One for both: that it has an account changes nothing for who calls from our page."""
    account = {"ACCOUNT_SID": ACCOUNT, "AUTH_TOKEN": TOKEN, "API_KEY": KEY, "API_SECRET": SECRET}
    account |= {"APP_SID": "AP" + "5" * 32, "SIGNALLING_HOST": exchange.host}
    account = {f"TWILIO_{name}": value for name, value in account.items()}
    with web_process(PUBLIC_BASE_URL=PUBLIC, DIALLED_COUNTRIES="NL", **account) as server:
        yield server


@pytest.fixture
def by_browser(queue, site, contexts):
    entry_point = make_entry_point(queue, calls=True, title="Support", prechat=[])
    return Visitor(contexts(), f"{site}/visit/{entry_point.key}/")


@pytest.fixture
def by_twilio(queue, site, exchange, door, configured, settings):
    calls = make_entry_point(queue, "calls", channel="voice")
    Number.objects.create(number="+3197010281234", calls=calls, recording_notice="This call is recorded.")
    door.twilio, exchange.app.url = exchange.twilio, site
    settings.PUBLIC_BASE_URL, settings.TWILIO_API_BASE_URL = PUBLIC, door.url
    twilio_client.cache_clear()
    with worker():
        yield Caller(exchange)
        exchange.close_lines()
    twilio_client.cache_clear()
    assert exchange.twilio.wrong == []


@pytest.fixture
def listens_in(site, contexts, sam):
    """Sam opens the call that is going on."""

    def open_call() -> Page:
        context = contexts(ignore_https_errors=True)
        give_voice(context, SAM)
        page = context.new_page()
        listen_in(sam, page, f"{site}/wallboard/calls/{Call.objects.get().pk}/")
        return page

    return open_call


def test_who_hears_whom(lee, at_desk, listens_in, maya, olga):
    lee.call()
    desk = at_desk(maya, MAYA)
    route()
    desk.get_by_role("button", name="Accept").click()
    lee.hears(MAYA)
    wait_to_hear(desk, LEE)
    phone = desk.get_by_role("region", name="Phone")
    expect(phone).to_contain_text("On the line with")

    board = listens_in()
    for mode, by_lee, by_maya in (
        ("Listening", [MAYA], [LEE]),
        ("Whispering", [MAYA], [LEE, SAM]),
        ("Talking along", [MAYA, SAM], [LEE, SAM]),
    ):
        board.get_by_role("button", name=mode).click()
        lee.hears(*by_lee)
        wait_to_hear(desk, *by_maya)
        wait_to_hear(board, LEE, MAYA)
    held = []
    board.route("**/wallboard/calls/*/", lambda first: held.append(first), times=1)
    with board.expect_request(lambda request: request.post_data == "mode=whisper"):
        board.get_by_role("button", name="Whispering").click()
    board.get_by_role("button", name="Leave").click()
    wait_until(lambda: board.evaluate("true") and held)
    held[0].continue_()  # what is pressed last is done last
    expect(board.get_by_text("You are not in this call.")).to_be_visible()
    lee.hears(MAYA)

    unheard = []
    desk.route("**/mute/", lambda wish: unheard.append(wish), times=1)
    desk.keyboard.press("Alt+m")
    lee.hears()  # before the server knows
    expect(phone).to_contain_text("You are muted")
    unheard[0].continue_()
    expect(phone).to_have_attribute("muted", "")
    wait_to_hear(desk, LEE)
    desk.keyboard.press("Alt+m")
    lee.hears(MAYA)
    expect(phone.get_by_text("You are muted", exact=True)).to_be_hidden()
    desk.keyboard.press("Alt+h")
    expect(phone).to_contain_text("is on hold with music")
    lee.hears_music()
    wait_to_hear(desk)
    desk.keyboard.press("Alt+h")
    lee.hears(MAYA)

    colleague = at_desk(olga, OLGA)
    desk.keyboard.press("Alt+l")
    desk.get_by_label("Olga Ruiz").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    colleague.get_by_role("button", name="Answer").click()
    wait_to_hear(desk, OLGA)
    wait_to_hear(colleague, MAYA)
    lee.hears_music()
    desk.reload()
    wait_until_alive(desk)
    wait_to_hear(colleague, MAYA)
    lee.hears_music()
    desk.keyboard.press("Alt+b")
    lee.hears(MAYA, OLGA)
    wait_to_hear(colleague, LEE, MAYA)

    desk.keyboard.press("Alt+q")
    desk.keyboard.press("Alt+q")
    expect(phone).to_have_count(0)
    lee.hears(OLGA)
    wait_to_hear(colleague, LEE)
    assert Interaction.objects.get().agent == olga

    lee.hang_up()
    expect(colleague.get_by_role("region", name="Phone")).to_have_count(0)
    assert Interaction.objects.get().state == "wrap_up"
    channels = recorded(lee.recording())
    theirs, ours = channels[lee.channel], channels[1 - lee.channel]
    assert min(speaks(theirs, LEE), speaks(ours, MAYA)) > 0.2
    assert speaks(theirs, MAYA) == speaks(ours, LEE) == 0


def test_a_caller_is_called_back_on_a_telephone_whose_way_is_lost_and_found(by_twilio, exchange, at_desk, maya):
    Number.objects.update(offers_call_back=True)
    by_twilio.call()
    by_twilio.press("1")
    assert by_twilio.line.over
    desk = at_desk(maya, MAYA, forgive="Twilio|transportClose|WebSocket|503")
    route()
    desk.get_by_role("button", name="Accept").click()
    call = desk.get_by_role("button", name="Call +31612345678")
    call.click()
    by_twilio.pick_up()
    by_twilio.hears(MAYA)
    wait_to_hear(desk, LEE)
    expect(desk.locator("twilio-phone")).to_contain_text("Line:")
    expect(call).to_be_hidden()

    exchange.leave_lasts = 11  # seconds; a page asks for more ten seconds before
    desk.route("**/telephone/", lambda wish: wish.fulfill(status=503), times=1)  # and again where that fails
    exchange.believed.clear()
    exchange.cut()
    desk.wait_for_selector("twilio-phone:state(offline)")
    desk.wait_for_selector("twilio-phone:not(:state(offline))")
    by_twilio.hears(MAYA)
    wait_to_hear(desk, LEE)
    with desk.expect_response(lambda reply: reply.url.endswith("/telephone/") and reply.ok):
        pass
    wait_until(lambda: len(exchange.believed) > 1)
    assert len(set(exchange.believed)) == 1, "the same telephone, with leave for another hour"
    exchange.leave_lasts = 3600
    assert not CallEvent.objects.filter(what="lost").exists()
    desk.keyboard.press("Alt+g")
    desk.get_by_role("group", name="Keypad").get_by_role("button", name="5").click()
    wait_until(lambda: exchange.telephone.dialled.pressed == "5")

    exchange.believes_nobody = True
    desk.reload()
    expect(desk.get_by_text("The telephone network cannot be reached")).to_be_visible()
    by_twilio.hears_music()
    exchange.believes_nobody = False
    desk.get_by_role("button", name="Rejoin").click()
    by_twilio.hears(MAYA)

    by_twilio.hang_up()
    expect(desk.get_by_role("heading", name="What came of it?")).to_be_visible()
    expect(call).to_be_hidden()
