"""Who gets what: the rules as a table. No database, no clock."""

from datetime import timedelta

import pytest

from interactions.routing.match import match
from interactions.routing.pool import Pool
from interactions.routing.rules import Rules, StepRules
from tests.interactions.routing.centres import NOW, agent, ago, centre, queue, usual, work

MINUTE = timedelta(minutes=1)
DUTCH, FRENCH = 1, 2


def pairs(waiting, pool):
    return [(m.interaction, m.agent) for m in match(waiting, pool, NOW)]


def two(*, first=None, second=None, **rules):
    """Agents 7 and 8 in one queue; 7 has been idle longer."""
    return centre([agent(7, 9, **first or {}), agent(8, 3, **second or {})], queue(members=[7, 8], **rules))


def ranked(**ranks):
    return centre([agent(7, 3), agent(8, 9)], queue(members={7: ranks["of_7"], 8: ranks["of_8"]}))


TABLE = {
    "nobody waits": ([], centre([agent(1)]), []),
    "nobody is free": ([work(1)], centre([]), []),
    "the longest waiting first": ([work(1, 2), work(2, 5)], centre([agent(7)]), [(2, 7)]),
    "at the same moment, the first to arrive": ([work(2, 2), work(1, 2)], centre([agent(7)]), [(1, 7)]),
    "the longest idle agent": ([work(1)], two(), [(1, 7)]),
    "rank goes before idleness": ([work(1)], ranked(of_7=1, of_8=2), [(1, 7)]),
    "the next rank once the first is busy": ([work(1, 2), work(2)], ranked(of_7=1, of_8=2), [(1, 7), (2, 8)]),
    "one each before a second for one": (
        [work(1, 2), work(2, 1)],
        two(first={"room": 2}, second={"room": 2}),
        [(1, 7), (2, 8)],
    ),
    "as many as there is room for": ([work(1, 3), work(2, 2), work(3)], centre([agent(7, room=2)]), [(1, 7), (2, 7)]),
    "not on another channel": ([work(1, channel="voice")], centre([agent(7)]), []),
    "not from another queue": ([work(1, queue=2)], centre([agent(7)], queue(1, [7]), queue(2)), []),
    "what nobody can take does not hold up the next": (
        [work(1, 9, channel="voice"), work(2, 8, queue=2), work(3, 7, excluded=[7]), work(4, 1)],
        centre([agent(7)], queue(1, [7]), queue(2)),
        [(4, 7)],
    ),
    "not to who has just declined it": ([work(1, excluded=[7])], two(), [(1, 8)]),
    "informal employees never where the queue says so": ([work(1, 60)], centre([agent(7, informal=True)]), []),
    "informal employees not yet": (
        [work(1, 1)],
        centre([agent(7, informal=True)], queue(members=[7], overflow_after=2 * MINUTE)),
        [],
    ),
    "informal employees from then on": (
        [work(1, 2)],
        centre([agent(7, informal=True)], queue(members=[7], overflow_after=2 * MINUTE)),
        [(1, 7)],
    ),
    "formal agents first even then": (
        [work(1, 2)],
        centre([agent(7, 99, informal=True), agent(8)], queue(members={7: 1, 8: 9}, overflow_after=MINUTE)),
        [(1, 8)],
    ),
    "the preferred agent, whatever the rank": ([work(1, preferred=8, held_for=60)], ranked(of_7=1, of_8=5), [(1, 8)]),
    "the preferred agent, member or not": (
        [work(1, preferred=8, held_for=60)],
        centre([agent(8)], queue(members=[])),
        [(1, 8)],
    ),
    "the preferred agent is not waited for when full": (
        [work(1, 9), work(2, 5, preferred=7, held_for=60)],
        two(),
        [(1, 7), (2, 8)],
    ),
    "but where the queue waits for them": (
        [work(1, 9), work(2, 5, preferred=7, held_for=60)],
        two(prefer_within=6 * MINUTE),
        [(1, 7)],
    ),
    "no longer than it waits": (
        [work(1, 9), work(2, 5, preferred=7, held_for=60)],
        two(prefer_within=4 * MINUTE),
        [(1, 7), (2, 8)],
    ),
    "nor when gone": ([work(1, preferred=9, held_for=60)], two(prefer_within=6 * MINUTE), [(1, 7)]),
    "then who stands in for them": (
        [work(1, preferred=9, held_for=60)],
        centre([agent(7, 9), agent(8)], queue(members=[7]), backups={9: 8}),
        [(1, 8)],
    ),
    "nor after having declined": ([work(1, preferred=8, held_for=60, excluded=[8])], two(), [(1, 7)]),
    "preferred only for a while": ([work(1, preferred=8, held_for=0)], two(), [(1, 7)]),
    "the owner's team, longest idle first": (
        [work(1, preferred_team=5, held_for=60)],
        centre([agent(7, 9), agent(8, 2, team=5), agent(9, 3, team=5)]),
        [(1, 9)],
    ),
    "a strict queue before any other": (
        [work(1, 60), work(2, 1, queue=2)],
        centre([agent(7)], queue(1, [7]), queue(2, [7], strict=True)),
        [(2, 7)],
    ),
    "in a strict queue priority before age": (
        [work(1, 60, precedence=1), work(2, 1, precedence=5)],
        centre([agent(7)], queue(members=[7], strict=True)),
        [(2, 7)],
    ),
    "of equal priority the earliest target": (
        [work(1, 2), work(2, 1, queue=2)],
        centre(
            [agent(7)],
            queue(1, [7], strict=True, answer_within=3 * MINUTE),
            queue(2, [7], strict=True, answer_within=MINUTE),
        ),
        [(2, 7)],
    ),
    "of equal age the earliest target": (
        [work(1, 2), work(2, 2, queue=2)],
        centre([agent(7)], queue(1, [7], answer_within=3 * MINUTE), queue(2, [7], answer_within=MINUTE)),
        [(2, 7)],
    ),
    "the least occupied, where the queue wants that": (
        [work(1)],
        centre(
            [agent(7, 9, places=usual(chat=2)), agent(8, 1, places=usual(chat=1))],
            queue(members=[7, 8], strategy="least_occupied"),
        ),
        [(1, 8)],
    ),
    "the most skilled, where the queue wants that": (
        [work(1)],
        centre(
            [agent(7, 9), agent(8, 1)],
            queue(members=[7, 8], strategy="most_skilled", required={DUTCH: 1}),
            skills={7: {DUTCH: 2}, 8: {DUTCH: 4}},
        ),
        [(1, 8)],
    ),
    "whoever has the skills that are preferred": (
        [work(1)],
        centre([agent(7, 9), agent(8, 1)], queue(members=[7, 8], liked={FRENCH: 2}), skills={8: {FRENCH: 2}}),
        [(1, 8)],
    ),
    "at several at once, if the queue rings so": (
        [work(1, 2), work(2)],
        centre([agent(7, 9), agent(8, 5), agent(9, 2)], queue(members=[7, 8, 9], rings_at={"chat": 2})),
        [(1, 7), (1, 8), (2, 9)],
    ),
    "a call on top of email, but no email on top of a call": (
        [work(1, channel="voice"), work(2, channel="email")],
        centre([agent(7, places=usual(email=5))]),
        [(1, 7)],
    ),
    "who is left without room for a call gets no chat that came later": (
        [work(1, 9, channel="voice"), work(2, 5)],
        centre([agent(7, places=usual(chat=1))]),
        [],
    ),
    "but one that came before": (
        [work(1, 9), work(2, 5, channel="voice")],
        centre([agent(7, places=usual(chat=1))]),
        [(1, 7)],
    ),
    "and only one of them has to wait for it": (
        [work(1, 9, channel="voice"), work(2, 5)],
        centre([agent(7, 9, places=usual(chat=2)), agent(8, 3, places=usual(chat=1))]),
        [(2, 7)],
    ),
}


@pytest.mark.parametrize("rule", TABLE)
def test_who_gets_what(rule):
    waiting, pool, expected = TABLE[rule]
    assert pairs(waiting, pool) == expected


def relaxing():
    """Dutch 4 is asked, after a minute Dutch 2, after two also of the others, after three of no skill at all."""
    steps = (
        StepRules(after=MINUTE, skills={DUTCH: 2}),
        StepRules(after=2 * MINUTE, queues=(2,), teams=(5,)),
        StepRules(after=3 * MINUTE, skills={DUTCH: 0}),
    )
    return queue(1, [6, 7, 8], required={DUTCH: 4}, steps=steps), queue(2, [9])


def relaxed(*there):
    levels = {6: {}, 7: {DUTCH: 3}, 8: {DUTCH: 5}, 9: {DUTCH: 2}, 10: {DUTCH: 2}}
    people = {10: agent(10, 99, team=5)}
    return centre([people.get(id_) or agent(id_, 20 - id_) for id_ in there], *relaxing(), skills=levels)


@pytest.mark.parametrize(
    ("waited", "there", "gets"),
    [
        (0.9, [7, 6, 9, 10], None),
        (0.9, [8], 8),
        (1, [6, 7, 9], 7),
        (1, [7, 8], 8),
        (2, [9], 9),
        (2, [10], 10),
        (2, [7, 10, 9], 7),
        (2.9, [6], None),
        (3, [6], 6),
    ],
)
def test_r17_a_step_widens_the_pool_at_its_second(waited, there, gets):
    assert pairs([work(1, waited)], relaxed(*there)) == ([(1, gets)] if gets else [])


def test_r17_a_condition_that_held_while_it_waited_counts_for_good():
    step = StepRules(last_held_at=ago(3), informal=True)
    pool = lambda: centre([agent(7, informal=True)], queue(members=[7], steps=(step,)))  # noqa: E731
    assert pairs([work(1, 4)], pool()) == [(1, 7)]
    assert pairs([work(1, 2)], pool()) == [], "it came after that"


def test_r27_in_turn_means_everyone_once_wherever_it_began():
    rules = Rules({1: queue(members=[1, 2, 3], strategy="round_robin")})
    pool = Pool(rules, [agent(id_, room=3) for id_ in (1, 2, 3)], {1: 2})
    assert [a for _w, a in pairs([work(n, 9 - n) for n in range(1, 8)], pool)] == [3, 1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    ("waiting", "pool", "reason"),
    [
        (work(1), centre([agent(7)], queue(members={7: 2})), "rank 2, longest idle"),
        (work(1), centre([agent(7, informal=True)], queue(members=[7], overflow_after=MINUTE)), "overflow"),
        (work(1, preferred=7, held_for=9), centre([agent(7)]), "preferred"),
        (work(1, 2), relaxed(9), "step 2"),
    ],
)
def test_it_says_why(waiting, pool, reason):
    assert [m.reason for m in match([waiting], pool, NOW)] == [reason]
