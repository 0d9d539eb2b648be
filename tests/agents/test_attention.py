"""Capacity across channels: what fits beside what, and that ending work never overruns."""

from hypothesis import given
from hypothesis import strategies as st

from agents.attention import Place, fits, most_in_use, room, units_in_use
from agents.channels import FULL, Channel

CHANNELS = [str(channel) for channel in Channel]


def places(**loads):
    """The usual agent: one call, three chats, five emails."""
    usual = {"voice": 1, "chat": 3, "email": 5}
    return {channel: Place.of(channel, most, loads.get(channel, 0), None, None) for channel, most in usual.items()}


def test_three_chats_or_one_call_or_five_emails():
    assert [room(places(), channel) for channel in ("chat", "voice", "email", "sms")] == [3, 1, 5, 0]
    assert not fits(places(chat=1), "voice")
    assert room(places(chat=2), "email") == 1
    assert units_in_use(places(chat=2, email=1)) == 86


def test_a_call_may_interrupt_email_but_email_no_call():
    assert fits(places(email=5), "voice")
    assert units_in_use(places(email=5, voice=1)) == FULL, "the emails are on hold"
    assert not fits(places(voice=1), "email")
    assert not fits(places(email=5), "chat")


place = st.builds(
    Place,
    st.integers(0, 4),
    st.just(0),
    st.integers(1, FULL),
    st.lists(st.sampled_from(CHANNELS), max_size=3),
)


@given(st.fixed_dictionaries(dict.fromkeys(CHANNELS, place)), st.lists(st.sampled_from(CHANNELS)), st.data())
def test_whatever_is_taken_and_ended_in_any_order_never_overruns(agent, wishes, data):
    for channel in wishes:
        if fits(agent, channel):
            agent[channel].load += 1
        assert units_in_use(agent) <= FULL
        if ending := [c for c in CHANNELS if agent[c].load and data.draw(st.booleans())]:
            agent[data.draw(st.sampled_from(ending))].load -= 1
        assert units_in_use(agent) <= FULL
        assert all(p.load <= p.maximum for p in agent.values())
        assert most_in_use(agent) <= FULL


def test_units_may_change_only_so_that_ending_work_still_fits():
    assert most_in_use(places(email=5, voice=1)) == FULL
    assert most_in_use({**places(voice=1), "email": Place(5, 5, 30, ["voice"])}) == 150, "once the call has ended"
    assert most_in_use({}) == 0
