"""The wallboard's figures, all of one moment, and the part of them that a supervisor sees."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Person
from interactions.models.queue import Queue
from interactions.reports import agent_now, estimate_error, queue_now, replies, service_level
from interactions.reports.agent_now import Activity, AgentNow, Standing, agents_now
from interactions.reports.day import day_of
from interactions.reports.estimate_error import EstimateError, errors_of_queues
from interactions.reports.queue_now import InHand, Line, Staff, in_hand, lines, serving_teams, staff
from interactions.reports.replies import Replies, replies_of_queues
from interactions.reports.service_level import QueueDay, days_of_queues

COLUMNS = [
    (_("Waiting"), queue_now.WAITING),
    (_("Longest wait"), queue_now.LONGEST),
    (_("With agents"), queue_now.ACTIVE),
    (_("Agents"), queue_now.AGENTS),
    (_("Service level today"), service_level.SERVICE_LEVEL),
    (_("Offered today"), service_level.OFFERED),
    (_("ASA today"), service_level.SPEED_OF_ANSWER),
]
FORMULAS = [
    *COLUMNS,
    (_("Messages left"), queue_now.MESSAGES_LEFT),
    (_("Overdue"), replies.OVERDUE),
    (_("Replies in time"), replies.REPLIES),
    (_("Wrapping up"), queue_now.WRAPPING_UP),
    (_("Answered"), service_level.ANSWERED),
    (_("Abandoned"), service_level.ABANDONED),
    (_("Set aside"), queue_now.SET_ASIDE),
    (_("Wait told"), EstimateError.formula),
    (_("Error of the wait told"), estimate_error.ESTIMATE_ERROR),
    (_("What an agent is doing"), agent_now.ACTIVITY),
]

type Scope = frozenset[int] | None  # teams whose part of the board is seen; None: everything

NEARLY = 0.1  # this far below the target is not good any more, but not yet bad


class Grade(TextChoices):
    """A service level in a word, so that its colour never stands alone."""

    NONE = "none", _("nobody yet")
    GOOD = "good", _("on target")
    WARN = "warn", _("below target")
    BAD = "bad", _("far below")


def grade(level: float | None, target: float) -> Grade:
    if level is None:
        return Grade.NONE
    if level >= target:
        return Grade.GOOD
    return Grade.WARN if round(target - level, 6) <= NEARLY else Grade.BAD


@dataclass(frozen=True)
class QueueNow:
    id: int
    name: str
    answer_within: timedelta
    answer_share: int
    line: Line
    in_hand: InHand
    staff: Staff
    day: QueueDay
    replies: Replies
    reply_within: timedelta
    estimate: EstimateError
    teams: frozenset[int]

    @property
    def grade(self) -> Grade:
        return grade(self.day.service_level, self.answer_share / 100)


@dataclass(frozen=True)
class Totals:
    waiting: int
    messages_left: int
    set_aside: int
    arrived_at: datetime | None
    active: int
    wrapping_up: int
    day: QueueDay
    grade: Grade
    agents: tuple[tuple[Standing, int], ...]


@dataclass(frozen=True)
class Board:
    as_of: datetime
    queues: tuple[QueueNow, ...]
    agents: tuple[AgentNow, ...]

    columns = COLUMNS

    def within(self, scope: Scope) -> "Board":
        """The agents of these teams and the queues they serve."""
        if scope is None:
            return self
        return Board(
            self.as_of,
            tuple(queue for queue in self.queues if not queue.teams.isdisjoint(scope)),
            tuple(agent for agent in self.agents if agent.team in scope),
        )

    @property
    def at_work(self) -> list[AgentNow]:
        return [agent for agent in self.agents if agent.activity != Activity.OFFLINE]

    @property
    def totals(self) -> Totals:
        """Over all queues of the board; the target is each queue's own, the grade is against their average."""
        day = reduce(add, (queue.day for queue in self.queues), QueueDay())
        targets = [queue.answer_share / 100 for queue in self.queues if queue.day.counted]
        standings = Counter(agent.standing for agent in self.agents)
        return Totals(
            waiting=sum(queue.line.waiting for queue in self.queues),
            messages_left=sum(queue.line.messages_left for queue in self.queues),
            set_aside=sum(queue.line.set_aside for queue in self.queues),
            arrived_at=min((queue.line.arrived_at for queue in self.queues if queue.line.arrived_at), default=None),
            active=sum(queue.in_hand.active for queue in self.queues),
            wrapping_up=sum(queue.in_hand.wrapping_up for queue in self.queues),
            day=day,
            grade=grade(day.service_level, sum(targets) / len(targets) if targets else 1),
            agents=tuple((standing, standings[standing]) for standing in Standing),
        )


def board_now() -> Board:
    """Everything, computed once; eleven queries at most, however large the centre is."""
    now = timezone.now()
    agents = agents_now(now)
    line, hand, day, estimate = lines(), in_hand(), days_of_queues(*day_of(now)), errors_of_queues(*day_of(now))
    replied = replies_of_queues(*day_of(now))
    standing, teams = staff(agents), serving_teams()
    rows = Queue.objects.order_by("name").values_list("pk", "name", "answer_within", "answer_share", "reply_within")
    queues = tuple(
        QueueNow(
            *row[:4],
            reply_within=row[4],
            replies=replied.get(row[0], Replies()),
            line=line.get(row[0], Line()),
            in_hand=hand.get(row[0], InHand()),
            staff=standing.get(row[0], Staff()),
            day=day.get(row[0], QueueDay()),
            estimate=estimate.get(row[0], EstimateError()),
            teams=teams.get(row[0], frozenset()),
        )
        for row in rows
    )
    return Board(now, queues, tuple(agents))


def scope_of(person: Person) -> Scope:
    if person.is_administrator:
        return None
    return frozenset(person.supervised_teams.values_list("pk", flat=True)) if person.is_supervisor else frozenset()


def scopes() -> set[Scope]:
    """Every scope that somebody has."""
    teams: dict[int, set[int]] = defaultdict(set)
    supervisors = Person.objects.filter(role=Person.Role.SUPERVISOR, is_active=True).order_by()
    for person, team in supervisors.values_list("pk", "supervised_teams"):
        teams[person] |= {team} - {None}
    return {None, *map(frozenset, teams.values())}
