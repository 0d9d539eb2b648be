from unittest.mock import Mock

import pytest
from django.utils import translation

from agents.errors import StaleState
from interactions.calls import line, talk
from interactions.calls.news import MEASURED_EVERY, first_told, in_words, measured
from interactions.invariants import broken
from interactions.models import CallEvent
from tests.cast import load_of, make_active, make_agent, make_chat
from tests.interactions.calls.conftest import leg_of, overdue

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(talking, maya, olga):
    """Olga has come to the line at Maya's wish; Lee waits with music."""
    line.join(talk.consult(leg_of(talking, maya), olga))
    talking.refresh_from_db()
    return talking


def test_hold_and_back(talking, maya, heard):
    talk.hold(leg_of(talking, "customer"), True, by=leg_of(talking, maya))
    talking.refresh_from_db()
    assert talking.state == "held"
    talk.hold(leg_of(talking, "customer"), False, by=leg_of(talking, maya))
    talking.refresh_from_db()
    assert talking.state == "talking"
    assert heard(talking)[-2:] == ["held", "retrieved"]


def test_a_customer_puts_nobody_on_hold(talking, maya):
    with pytest.raises(StaleState):
        talk.hold(leg_of(talking, maya), True, by=leg_of(talking, "customer"))


def test_muted_twice_is_muted_once(talking, heard):
    talk.mute(leg_of(talking, "customer"), True)
    talk.mute(leg_of(talking, "customer"), True)
    assert heard(talking).count("muted") == 1


def test_keys_reach_the_others_and_are_not_kept(talking, maya, shown):
    with shown() as pushes:
        talk.press(leg_of(talking, maya), "12#")
    told = [push["data"] for push in pushes if push["type"] == "screen.json"]
    assert told == [{"type": "call.digits", "from": leg_of(talking, maya).peer, "digits": "12#"}]
    assert talking.events.get(what="digits").why == "3"
    with pytest.raises(StaleState):
        talk.press(leg_of(talking, maya), "<b>")


def test_the_customer_is_on_hold_before_the_colleague_is_even_asked(talking, maya, olga):
    talk.consult(leg_of(talking, maya), olga)
    assert leg_of(talking, "customer").held
    assert leg_of(talking, olga).consulted


def test_a_colleague_in_another_call_is_not_asked(asked, maya, olga, team):
    with pytest.raises(StaleState, match="already"):
        talk.consult(leg_of(asked, maya), olga)


def test_four_at_most(asked, maya, team):
    others = [make_agent(f"Agent{n} X", team=team, capacities={"voice": 1}) for n in range(2)]
    talk.consult(leg_of(asked, maya), others[0])
    with pytest.raises(StaleState, match="Four"):
        talk.consult(leg_of(asked, maya), others[1])


def test_merged_nobody_is_on_hold(asked, maya, olga):
    talk.merge(leg_of(asked, maya))
    asked.refresh_from_db()
    assert asked.state == "talking"
    assert not leg_of(asked, "customer").held
    assert not leg_of(asked, olga).consulted


def test_nobody_to_merge_with_yet(talking, maya, olga):
    talk.consult(leg_of(talking, maya), olga)
    with pytest.raises(StaleState):
        talk.merge(leg_of(talking, maya))
    assert leg_of(talking, "customer").held


def test_handed_over_warm(asked, maya, olga):
    talk.hand_over(leg_of(asked, maya))
    asked.refresh_from_db()
    assert (asked.state, asked.interaction.agent) == ("talking", olga)
    assert {leg.role: leg.agent for leg in asked.legs.live()} == {"customer": None, "agent": olga}
    assert not leg_of(asked, "customer").held
    assert (load_of(maya, "voice"), load_of(olga, "voice")) == (0, 1)


def test_an_agent_who_leaves_a_conference_leaves_it_to_the_other(asked, maya, olga):
    talk.merge(leg_of(asked, maya))
    line.hang_up(leg_of(asked, maya))
    asked.refresh_from_db()
    assert (asked.state, asked.interaction.agent) == ("talking", olga)


@pytest.mark.parametrize("verb", [talk.hand_over, line.hang_up])
def test_the_work_is_passed_on_and_the_line_left_or_neither(asked, maya, verb, monkeypatch):
    talk.merge(leg_of(asked, maya))
    monkeypatch.setattr(line, "go", Mock(side_effect=RuntimeError("died")))
    with pytest.raises(RuntimeError):
        verb(leg_of(asked, maya))
    asked.interaction.refresh_from_db()
    assert asked.interaction.agent == maya


def test_a_refusal_is_written_down_with_leaving_or_not_at_all(talking, maya, olga, heard, monkeypatch):
    leg = talk.consult(leg_of(talking, maya), olga)
    monkeypatch.setattr(talk, "go", Mock(side_effect=RuntimeError("died")))
    with pytest.raises(RuntimeError):
        talk.refuse(leg)
    assert "refused" not in heard(talking)


def test_an_agent_who_hangs_up_while_asking_does_not_leave_the_customer_to_somebody_unasked(asked, maya, olga):
    line.hang_up(leg_of(asked, maya))
    asked.refresh_from_db()
    assert asked.state == "ended"


def test_a_colleague_without_time_refuses_and_the_customer_is_still_held(talking, maya, olga, heard):
    talk.refuse(talk.consult(leg_of(talking, maya), olga))
    assert heard(talking)[-2:] == ["refused", "left"]
    assert leg_of(talking, "customer").held


def test_a_supervisor_takes_part_through_the_agent_who_has_the_work(talking, maya, sam):
    leg = talk.supervise(talking, sam, "monitor")
    line.join(leg)
    assert leg.via == leg_of(talking, maya)
    assert talk.supervise(talking, sam, "barge").pk == leg.pk
    line.hang_up(leg_of(talking, maya))
    assert not talking.legs.live().exists()


def test_a_pause_of_the_recording_is_written_down(talking, maya):
    talk.pause_recording(leg_of(talking, maya), True)
    talking.refresh_from_db()
    assert talking.recording_paused
    assert talking.events.last().why == "paused"


def test_a_provider_is_heard_once(talking):
    assert first_told(talking, CallEvent.What.QUALITY, "CA1:7", number=7)
    assert not first_told(talking, CallEvent.What.QUALITY, "CA1:7", number=7)


def test_a_line_is_measured_now_and_then_and_told_in_the_readers_language(talking, maya, noon):
    leg = leg_of(talking, maya)
    assert measured(leg, "fair", 123.4, 30.6, 0.25)
    noon.shift(1)
    assert not measured(leg, "bad", 900, 90, 9), "not so soon again"
    noon.shift(MEASURED_EVERY)
    assert measured(leg, "good", 20, 3, 0)
    first, last = talking.events.filter(what="quality")
    assert in_words(first) == "fair: 123 ms, jitter 31 ms, loss 0.2 %"
    with translation.override("de"):
        assert in_words(last).startswith("gut: 20 ms")


def test_a_colleague_on_the_line_has_no_room_for_another_call(talking, maya, olga, heard):
    leg = talk.consult(leg_of(talking, maya), olga)
    assert load_of(olga, "voice") == 0, "it only rings"
    line.join(leg)
    line.join(leg_of(talking, olga))  # loaded anew
    assert load_of(olga, "voice") == 1
    assert broken() == []
    line.leave(leg_of(talking, olga))
    assert (load_of(olga, "voice"), load_of(maya, "voice")) == (0, 1)
    assert broken() == []


@pytest.mark.parametrize("over", ["hung up", "page gone", "customer left"])
def test_however_a_call_ends_a_colleague_has_room_again(asked, maya, olga, over):
    if over == "hung up":
        line.hang_up(leg_of(asked, maya))
    elif over == "customer left":
        line.hang_up(leg_of(asked, "customer"))
    else:
        line.give_up(overdue(leg_of(asked, olga)))
    assert load_of(olga, "voice") == 0
    assert not asked.legs.filter(holds_place=True).exists()
    assert broken() == []


def test_handed_over_the_place_goes_on_with_the_work(asked, maya, olga):
    assert load_of(olga, "voice") == 1
    talk.hand_over(leg_of(asked, maya))
    assert (load_of(maya, "voice"), load_of(olga, "voice")) == (0, 1)
    assert not asked.legs.filter(holds_place=True).exists()
    assert broken() == []


def test_a_colleague_with_no_room_left_helps_all_the_same(talking, entry_point, maya, olga):
    make_active(make_chat(entry_point, text="Hello?"), olga)
    line.join(talk.consult(leg_of(talking, maya), olga))
    assert (load_of(olga, "voice"), load_of(olga)) == (0, 1)
    line.leave(leg_of(talking, olga))
    assert load_of(olga, "voice") == 0
    assert broken() == []
