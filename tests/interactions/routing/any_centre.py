"""Any centre at all: random rules, agents and work, crowded enough that every rule meets every other.

The dice are seeded by hypothesis, which also draws the sizes: a failing case shrinks to a small centre. Drawing every
value from hypothesis itself was fifty times slower.
"""

from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from agents.attention import Place, fits
from interactions.routing.match import Waiting
from interactions.routing.pool import AtWork
from interactions.routing.rules import QueueRules, Rules, StepRules
from tests.interactions.routing.centres import NOW, ago

CHANNELS = ("voice", "chat", "email")
TEAMS, SKILLS = (51, 52), (91, 92)
STRATEGIES = ("longest_idle", "least_occupied", "most_skilled", "round_robin")


class Dice(Random):
    def one_of(self, values, chance=0.5):
        return self.choice(values) if values and self.random() < chance else None

    def some(self, values):
        return self.sample(values, self.randint(0, len(values)))

    def minutes(self, chance=1.0):
        return timedelta(minutes=self.randint(0, 9)) if self.random() < chance else None

    def moment(self):
        """Within the last ten minutes, to the half minute, so that many are equal."""
        return ago(self.randint(0, 20) / 2)

    def levels(self, least=0):
        return {skill: self.randint(least, 3) for skill in self.some(SKILLS)}

    def yes(self, chance=0.5):
        return self.random() < chance


def any_step(dice, queues):
    return StepRules(
        after=dice.minutes(0.7),
        last_held_at=dice.moment() if dice.yes(0.3) else None,
        informal=dice.yes(0.3),
        skills=dice.levels(),
        queues=tuple(dice.some(queues)[:1]),
        teams=tuple(dice.some(TEAMS)[:1]),
    )


def any_queue(dice, id_, queues, people):
    return QueueRules(
        id_,
        strict=dice.yes(0.3),
        strategy=dice.choice(STRATEGIES),
        answer_within=timedelta(minutes=dice.randint(1, 5)),
        overflow_after=dice.minutes(0.5),
        prefer_within=dice.minutes(),
        required=dice.levels(1),
        liked=dice.levels(1),
        members={agent: dice.randint(1, 3) for agent in dice.some(people)},
        teams={team: dice.randint(1, 3) for team in dice.some(TEAMS)},
        steps=tuple(any_step(dice, queues) for _ in range(dice.randint(0, 3))),
        rings_at={channel: dice.randint(2, 3) for channel in dice.some(CHANNELS) if dice.yes()},
    )


def any_agent(dice, id_):
    return AtWork(id_, dice.yes(0.3), dice.one_of(TEAMS), dice.moment(), any_places(dice))


def any_places(dice):
    """What an agent can do at once, and as much in hand as could have come one by one."""
    units = (None, None, 1, 50, 100)
    places = {
        channel: Place.of(channel, dice.randint(0, 3), 0, dice.choice(units), None) for channel in dice.some(CHANNELS)
    }
    for channel in dice.choices(CHANNELS, k=dice.randint(0, 4)):
        if fits(places, channel):
            places[channel].load += 1
    return places


def any_work(dice, id_, queues, people):
    agent, team = dice.one_of(people, 0.3), dice.one_of(TEAMS, 0.2)
    queued_at = dice.moment()
    return Waiting(
        id_,
        dice.choice(queues),
        dice.choice(CHANNELS),
        queued_at,
        dice.choice([queued_at, dice.moment()]),
        dice.randint(0, 2),
        agent,
        team,
        NOW + timedelta(seconds=dice.randint(-10, 90)) if agent or team else None,
        {dice.choice(people): NOW + timedelta(seconds=30)} if people and dice.yes(0.3) else {},
    )


def build(seed, queues, people, work):
    dice, queues, people = Dice(seed), range(1, queues + 1), range(7, 7 + people)
    rules = Rules(
        {id_: any_queue(dice, id_, queues, people) for id_ in queues},
        {agent: dice.levels() for agent in people},
        {agent: dice.choice(people) for agent in dice.some(people)},
    )
    agents = [any_agent(dice, id_) for id_ in people if dice.yes(0.8)]
    return [any_work(dice, id_, queues, people) for id_ in range(1, work + 1)], rules, agents


def any_centre(most=9):
    """(waiting work, rules, agents); `Pool(rules, deepcopy(agents))` for each run, since a pool counts in them."""
    seed = st.integers(0, 2**32)
    return st.builds(build, seed, st.integers(1, 3), st.integers(0, 6), st.integers(0, most))
