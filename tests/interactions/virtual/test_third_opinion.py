"""The same calls, the same handling times, in simulators of others: every single call has to wait exactly as long."""

from itertools import pairwise

import ciw
import pytest
import simpy

from tests.interactions.routing.centres import queue
from tests.interactions.virtual.days import MORNING, agent, happen, traffic

pytestmark = pytest.mark.filterwarnings("ignore:Pickle, copy, and deepcopy support:DeprecationWarning")  # of ciw
MICROSECONDS = 1e-4  # what rounding may add up to


def times(calls):
    """Seconds between arrivals, the first from the morning on."""
    at = [(each.at - MORNING).total_seconds() for each in calls]
    return [at[0], *(later - sooner for sooner, later in pairwise(at))]


class Takes(ciw.dists.Distribution):
    """The handling times of these, drawn as they are answered; who gives up is passed over."""

    def __init__(self, calls):
        self.calls = {round((each.at - MORNING).total_seconds(), 4): each for each in calls}

    def sample(self, t=None, ind=None):
        return self.calls[round(ind.arrival_date, 4)].legs[0].takes.total_seconds()


def by_ciw(agents, *classes, patience=False):
    """{class: [(waited, answered)]} in order of arrival; the first class is served before the next."""
    names = [f"Class {n}" for n in range(len(classes))]
    reneging = {}
    if patience:
        given_up = [[each.patience.total_seconds() for each in calls] for calls in classes]
        reneging = {"reneging_time_distributions": dict(zip(names, map(sequence, given_up), strict=True))}
    centre = ciw.create_network(
        arrival_distributions=dict(zip(names, map(sequence, map(times, classes)), strict=True)),
        service_distributions={name: [Takes(calls)] for name, calls in zip(names, classes, strict=True)},
        number_of_servers=[agents],
        priority_classes={name: n for n, name in enumerate(names)},
        **reneging,
    )
    simulation = ciw.Simulation(centre)
    simulation.simulate_until_max_time((max(calls[-1].at for calls in classes) - MORNING).total_seconds() + 1e5)
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    return [
        [(r.waiting_time, r.record_type == "service") for r in records if r.customer_class == name][: len(calls)]
        for name, calls in zip(names, classes, strict=True)
    ]


def sequence(values):
    """These and then never again."""
    return [ciw.dists.Sequential([*values, 1e9])]


def by_simpy(calls, serves, first):
    """Agents of several skills: {call: waited}. `serves`: agent: queues; `first`: queue: agents in the order asked."""
    centre, waits, line, idle = simpy.Environment(), {}, [], {}

    def work(agent):
        while True:
            mine = next((each for each in line if each.legs[0].queue in serves[agent]), None)
            if mine is None:
                idle[agent] = centre.event()
                mine = yield idle[agent]
            else:
                line.remove(mine)
            waits[mine.id] = centre.now - (mine.at - MORNING).total_seconds()
            yield centre.timeout(mine.legs[0].takes.total_seconds())

    def come():
        for each in calls:
            yield centre.timeout((each.at - MORNING).total_seconds() - centre.now)
            free = next((agent for agent in first[each.legs[0].queue] if agent in idle), None)
            if free is None:
                line.append(each)
            else:
                idle.pop(free).succeed(each)

    for agent_ in serves:
        centre.process(work(agent_))
    centre.process(come())
    centre.run()
    return waits


def test_ciw_first_come_first_served():
    calls = traffic(1, 4_000, per_hour=200, aht=180)
    memory = happen(calls, [agent(n) for n in range(12)], queue(members=range(12)))
    [expected] = by_ciw(12, calls)
    assert [memory.waits[each.id] for each in calls] == pytest.approx([w for w, _ in expected], abs=MICROSECONDS)
    assert max(memory.waits.values()) > 100, "some had to wait"


def test_ciw_patience():
    calls = traffic(2, 4_000, per_hour=200, aht=180, patience=120)
    memory = happen(calls, [agent(n) for n in range(10)], queue(members=range(10)))
    [expected] = by_ciw(10, calls, patience=True)
    assert [each.id in memory.waits for each in calls] == [answered for _, answered in expected]
    waited = [memory.waits.get(each.id, memory.left.get(each.id)) for each in calls]
    assert waited == pytest.approx([w for w, _ in expected], abs=MICROSECONDS)
    assert len(memory.left) > 100


def test_ciw_priority_in_a_strict_queue():
    urgent = traffic(3, 1_500, per_hour=80, aht=180, priority=5)
    others = traffic(4, 2_250, per_hour=120, aht=180, first=10_001)
    memory = happen(urgent + others, [agent(n) for n in range(11)], queue(members=range(11), strict=True))
    for calls, expected in zip((urgent, others), by_ciw(11, urgent, others), strict=True):
        assert [memory.waits[each.id] for each in calls] == pytest.approx([w for w, _ in expected], abs=MICROSECONDS)
    assert max(memory.waits[each.id] for each in others) > 300 > max(memory.waits[each.id] for each in urgent)


@pytest.mark.parametrize(
    ("serves", "first"),
    [
        pytest.param(
            {1: {1}, 2: {1}, 3: {1}, 4: {1, 2}, 5: {1, 2}, 6: {1, 2}, 7: {1, 2}},
            {1: [1, 2, 3, 4, 5, 6, 7], 2: [4, 5, 6, 7]},
            id="N: specialists of one queue, and those who serve both",
        ),
        pytest.param(
            {1: {1}, 2: {1}, 3: {1}, 4: {2}, 5: {2}, 6: {1, 2}, 7: {1, 2}},
            {1: [1, 2, 3, 6, 7], 2: [4, 5, 6, 7]},
            id="M: specialists of each, and those who serve both",
        ),
    ],
)
def test_simpy_agents_of_several_skills(serves, first):
    """Everybody for queue 1 in this order of rank, and the longest waiting over both queues first."""
    one = traffic(5, 2_000, per_hour=85, aht=150)
    two = traffic(6, 1_200, per_hour=50, aht=150, first=10_001, queue=2)
    queues = [queue(q, {agent_: rank for rank, agent_ in enumerate(first[q])}) for q in (1, 2)]
    memory = happen(one + two, [agent(n) for n in serves], *queues)
    expected = by_simpy(sorted(one + two, key=lambda each: each.at), serves, first)
    assert memory.waits.keys() == expected.keys()
    assert [memory.waits[id_] for id_ in expected] == pytest.approx(list(expected.values()), abs=MICROSECONDS)
    assert max(memory.waits.values()) > 60
