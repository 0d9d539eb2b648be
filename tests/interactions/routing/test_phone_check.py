"""What the check of a phone means for the calls an agent is offered."""

import pytest

from agents.models import PhoneCheck
from agents.models.phone_check import KEPT
from interactions.lines.attendance import attended
from interactions.models import Interaction
from interactions.routing import router
from interactions.routing.explain import why_waiting
from interactions.routing.explain_agent import why_nothing
from interactions.routing.router import route
from interactions.routing.words import Words
from tests.cast import make_agent


@pytest.fixture
def olga(team):
    return make_agent("Olga Ruiz", team=team, capacities={"voice": 1, "chat": 1})


@pytest.fixture
def spoken(chat):
    """What waits is a call."""
    Interaction.objects.filter(pk=chat.pk).update(channel="voice")
    chat.refresh_from_db()
    return chat


def said_of(agent, work):
    (candidate,) = [each for each in why_waiting(work).candidates if each.agent == agent]
    words = Words.read([agent.pk])
    return [words.of(obstacle) for obstacle in candidate.obstacles]


def test_who_passed_is_offered_calls(olga, queue, spoken):
    PhoneCheck.objects.record(olga, [], device="Chrome 130, Linux", round_trip=12)
    route()
    spoken.refresh_from_db()
    assert (spoken.state, olga.offers.count()) == ("offered", 1)


def test_whose_check_failed_or_is_missing_is_offered_none_and_why_says_so(olga, queue, spoken):
    PhoneCheck.objects.record(olga, ["denied", "slow"])
    route()
    assert said_of(olga, spoken) == ["their phone failed its check, so is offered no calls"]
    assert why_nothing(olga.pk).room["voice"].what == "phone"
    assert not attended(queue.pk, "voice"), "who cannot take calls attends no line of calls"
    assert attended(queue.pk, "chat"), "everything else is offered to them"

    olga.choose_status("offline", by=olga.person)
    olga.choose_status("available", by=olga.person)
    route()
    assert said_of(olga, spoken) == ["has not had their phone checked, so is offered no calls"]
    spoken.refresh_from_db()
    assert spoken.state == "queued"

    PhoneCheck.objects.record(olga, [])
    route()
    spoken.refresh_from_db()
    assert spoken.state == "offered"


def test_a_claim_looks_at_the_phone_anew(olga, queue, spoken, monkeypatch):
    matching = router.matching

    def late(*args):
        found = list(matching(*args))
        PhoneCheck.objects.record(olga, ["silent"])
        return found

    monkeypatch.setattr(router, "matching", late)
    route()
    assert not olga.offers.exists(), "it failed between the match and the claim"


def test_chats_ring_without_any_check(olga, chat):
    PhoneCheck.objects.record(olga, ["no_microphone"])
    route()
    chat.refresh_from_db()
    assert chat.state == "offered"


def test_the_page_tells_and_the_supervisor_reads(client, olga, sam, queue):
    client.force_login(olga.person)
    assert client.get("/phone/check/").json() == {"ice": []}
    told = {"troubles": ["silent"], "device": "Chrome 130, Linux", "microphone": "Headset", "round_trip": "31"}
    assert client.post("/phone/check/", told).status_code == 204
    assert client.post("/phone/check/", {"troubles": ["on fire"]}).status_code == 422
    assert olga.voice.phone_passed is False
    client.force_login(sam)
    page = client.get(f"/wallboard/agents/{olga.pk}/").content.decode()
    assert "The microphone gives no sound at all" in page
    assert "Chrome 130, Linux · Headset" in page


def test_only_the_last_checks_are_kept(olga):
    for _ in range(KEPT + 2):
        PhoneCheck.objects.record(olga, [])
    assert olga.phone_checks.count() == KEPT
