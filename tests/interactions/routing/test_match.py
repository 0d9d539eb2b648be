"""Who gets what: the rules as a table, and what holds for any centre at all. No database, no clock."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interactions.routing.match import Free, Waiting, match

NOW = datetime(2026, 3, 2, 10, 40, tzinfo=UTC)
QUEUE = 1


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def work(id_, waited=1, *, overflow=None, preferred=None, held_for=None, excluded=(), queue=QUEUE, channel="chat"):
    return Waiting(
        id=id_,
        queue=queue,
        channel=channel,
        place_at=ago(waited),
        overflows_at=None if overflow is None else NOW + timedelta(seconds=overflow),
        preferred=preferred,
        preferred_until=None if held_for is None else NOW + timedelta(seconds=held_for),
        excluded=frozenset(excluded),
    )


def agent(id_, idle=1, *, rank=1, room=1, informal=False, queue=QUEUE, channel="chat"):
    return Free(id_, informal, ago(idle), {channel: room}, {queue: rank} if rank else {})


def pairs(waiting, free):
    return [(m.interaction, m.agent) for m in match(waiting, free, NOW)]


TABLE = {
    "nobody waits": ([], [agent(1)], []),
    "nobody is free": ([work(1)], [], []),
    "the longest waiting first": ([work(1, 2), work(2, 5)], [agent(7)], [(2, 7)]),
    "at the same moment, the first to arrive": ([work(2, 2), work(1, 2)], [agent(7)], [(1, 7)]),
    "the longest idle agent": ([work(1)], [agent(7, 3), agent(8, 9)], [(1, 8)]),
    "rank goes before idleness": ([work(1)], [agent(7, 3, rank=1), agent(8, 9, rank=2)], [(1, 7)]),
    "the next rank once the first is busy": (
        [work(1, 2), work(2, 1)],
        [agent(7, 3, rank=1), agent(8, 9, rank=2)],
        [(1, 7), (2, 8)],
    ),
    "one each before a second for one": (
        [work(1, 2), work(2, 1)],
        [agent(7, 9, room=2), agent(8, 3, room=2)],
        [(1, 7), (2, 8)],
    ),
    "as many as there is room for": ([work(1, 3), work(2, 2), work(3, 1)], [agent(7, room=2)], [(1, 7), (2, 7)]),
    "not on another channel": ([work(1, channel="voice")], [agent(7)], []),
    "not from another queue": ([work(1, queue=2)], [agent(7)], []),
    "what nobody can take does not hold up the next": (
        [work(1, 9, channel="voice"), work(2, 8, queue=2), work(3, 7, excluded=[7]), work(4, 1)],
        [agent(7)],
        [(4, 7)],
    ),
    "not to who has just declined it": ([work(1, excluded=[7])], [agent(7, 9), agent(8, 1)], [(1, 8)]),
    "informal employees never where the queue says so": ([work(1, 60)], [agent(7, informal=True)], []),
    "informal employees not yet": ([work(1, overflow=1)], [agent(7, informal=True)], []),
    "informal employees from then on": ([work(1, overflow=0)], [agent(7, informal=True)], [(1, 7)]),
    "formal agents first even then": (
        [work(1, overflow=-60)],
        [agent(7, 99, informal=True), agent(8, 1, rank=9)],
        [(1, 8)],
    ),
    "the preferred agent, whatever the rank": (
        [work(1, preferred=8, held_for=60)],
        [agent(7, 9), agent(8, 1, rank=5)],
        [(1, 8)],
    ),
    "the preferred agent, member or not": ([work(1, preferred=8, held_for=60)], [agent(8, rank=0)], [(1, 8)]),
    "the preferred agent is not waited for when full": (
        [work(1, 9), work(2, 5, preferred=7, held_for=60)],
        [agent(7, 9), agent(8, 1)],
        [(1, 7), (2, 8)],
    ),
    "nor when gone": ([work(1, preferred=8, held_for=60)], [agent(7)], [(1, 7)]),
    "nor after having declined": (
        [work(1, preferred=8, held_for=60, excluded=[8])],
        [agent(7), agent(8)],
        [(1, 7)],
    ),
    "preferred only for a while": ([work(1, preferred=8, held_for=0)], [agent(7, 9), agent(8, 1)], [(1, 7)]),
}


@pytest.mark.parametrize("rule", TABLE)
def test_who_gets_what(rule):
    waiting, free, expected = TABLE[rule]
    assert pairs(waiting, free) == expected


@pytest.mark.parametrize(
    ("waiting", "free", "reason"),
    [
        (work(1), agent(7, rank=2), "rank 2, longest idle"),
        (work(1, overflow=0), agent(7, informal=True), "overflow"),
        (work(1, preferred=7, held_for=9), agent(7), "preferred"),
    ],
)
def test_it_says_why(waiting, free, reason):
    assert [m.reason for m in match([waiting], [free], NOW)] == [reason]


CHANNELS = ["chat", "voice"]
seconds = st.integers(-600, 600)


@st.composite
def centres(draw):
    """Any waiting work over any free agents: two queues, two channels, odd exclusions, preferences of strangers."""
    agents = draw(st.integers(0, 4))
    free = [
        Free(
            id_,
            draw(st.booleans()),
            ago(draw(st.integers(0, 5))),
            {channel: draw(st.integers(0, 3)) for channel in draw(st.sets(st.sampled_from(CHANNELS)))},
            {queue: draw(st.integers(1, 3)) for queue in draw(st.sets(st.integers(1, 2)))},
        )
        for id_ in range(1, agents + 1)
    ]
    someone = st.none() | st.integers(1, 5)
    waiting = [
        Waiting(
            id_,
            draw(st.integers(1, 2)),
            draw(st.sampled_from(CHANNELS)),
            ago(draw(st.integers(0, 5))),
            draw(st.none() | seconds.map(lambda s: NOW + timedelta(seconds=s))),
            draw(someone),
            draw(st.none() | seconds.map(lambda s: NOW + timedelta(seconds=s))),
            draw(st.frozensets(st.integers(1, 4), max_size=2)),
        )
        for id_ in range(1, draw(st.integers(0, 8)) + 1)
    ]
    return waiting, free


def preferred(piece):
    return piece.preferred if piece.preferred_until and piece.preferred_until > NOW else None


def may(piece, someone):
    """The rules once more, told plainly."""
    if someone.id in piece.excluded or not someone.room.get(piece.channel):
        return False
    if preferred(piece) == someone.id:
        return True
    overflowing = piece.overflows_at is not None and piece.overflows_at <= NOW
    return piece.queue in someone.ranks and (overflowing or not someone.informal)


any_centre = settings(max_examples=60, deadline=None)


@any_centre
@given(centres())
def test_each_match_is_allowed_once_and_within_capacity(centre):
    waiting, free = centre
    matches = match(waiting, free, NOW)
    work_by_id, agent_by_id = {w.id: w for w in waiting}, {a.id: a for a in free}
    assert len({m.interaction for m in matches}) == len(matches), "nobody's work is offered twice"
    taken = Counter((m.agent, work_by_id[m.interaction].channel) for m in matches)
    assert all(n <= agent_by_id[a].room[channel] for (a, channel), n in taken.items()), "never over capacity"
    assert all(may(work_by_id[m.interaction], agent_by_id[m.agent]) for m in matches)


def left_over(waiting, free, matches):
    """What is still unmatched, and the agents with the room that is left."""
    done = {m.interaction: m.agent for m in matches}
    channel = {w.id: w.channel for w in waiting}
    used = Counter((agent, channel[id_]) for id_, agent in done.items())
    rest = [replace(a, room={c: n - used[a.id, c] for c, n in a.room.items()}) for a in free]
    return [w for w in waiting if w.id not in done], rest


@any_centre
@given(centres())
def test_nobody_waits_while_somebody_who_may_is_free(centre):
    waiting, free = centre
    unmatched, rest = left_over(waiting, free, match(waiting, free, NOW))
    assert not [(w.id, a.id) for w in unmatched for a in rest if may(w, a)]


@any_centre
@given(centres())
def test_no_work_is_served_before_older_work_the_same_agent_could_have_had(centre):
    waiting, free = centre
    matches = match(waiting, free, NOW)
    work_by_id, agent_by_id = {w.id: w for w in waiting}, {a.id: a for a in free}
    unmatched, _rest = left_over(waiting, free, matches)
    for m in matches:
        served = work_by_id[m.interaction]
        assert not [
            w
            for w in unmatched
            if (w.place_at, w.id) < (served.place_at, served.id)
            and w.channel == served.channel
            and may(w, agent_by_id[m.agent])
        ]


@any_centre
@given(centres(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_means_nothing(centre, random):
    waiting, free = centre
    expected = match(waiting, free, NOW)
    random.shuffle(waiting)
    random.shuffle(free)
    assert match(waiting, free, NOW) == expected


@any_centre
@given(centres())
def test_informal_employees_only_where_no_formal_agent_was_left(centre):
    waiting, free = centre
    matches = match(waiting, free, NOW)
    work_by_id, agent_by_id = {w.id: w for w in waiting}, {a.id: a for a in free}
    _unmatched, rest = left_over(waiting, free, matches)
    for m in matches:
        piece = work_by_id[m.interaction]
        if agent_by_id[m.agent].informal and preferred(piece) != m.agent:
            assert piece.overflows_at <= NOW
            assert not [a for a in rest if not a.informal and may(piece, a)]


@any_centre
@given(centres())
def test_the_rows_themselves_are_left_alone(centre):
    waiting, free = centre
    rooms = [dict(a.room) for a in free]
    match(waiting, free, NOW)
    assert [a.room for a in free] == rooms
