"""A past day as the ledger has it: what came and what became of it, who was there, how long things took."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.models import StatusChange
from interactions.models import Event, Interaction, Offer, Segment
from interactions.models.states import State
from interactions.reports.day import day_of
from interactions.virtual.happenings import NO_TIME

LEAD = timedelta(hours=2)  # before the day and after it: what was in hand at midnight, and who came behind the last
LEARNT_FROM = timedelta(days=28)  # how long people wait, how long things take
SAMPLE = 20_000  # of each, the latest

type Span = tuple[datetime, datetime]
type Spans = Mapping[int, list[Span]]  # by agent


@dataclass(frozen=True, slots=True)
class Part:
    """One agent's part of a piece of work."""

    queue: int
    talked: timedelta
    wrapped_up: timedelta
    parked: timedelta = NO_TIME  # before it
    back: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    id: int
    at: datetime
    channel: str
    queue: int  # it came into
    entry_point: str
    live: bool
    parts: tuple[Part, ...]
    answered_at: datetime | None
    left_at: datetime | None  # without an answer

    @property
    def waited(self) -> timedelta | None:
        """Until the answer, or until they left; None: neither is known."""
        end = self.answered_at or self.left_at
        return end - self.at if end else None


@dataclass(frozen=True)
class Day:
    """[start, end), with a while before and after it."""

    start: datetime
    end: datetime
    works: list[Work]
    there: Spans  # ready for work
    worked: Spans  # with work in hand
    patience: dict[int, float] = field(default_factory=dict)  # queue: leave per second of waiting; 0: of any queue
    takes: dict[int, list[Part]] = field(default_factory=dict)  # queue: what its work took; 0: of any queue
    answers: dict[str, list[tuple[timedelta, str]]] = field(default_factory=dict)  # channel: how offers ended, and when

    def counts(self, work: Work) -> bool:
        return work.live and self.start <= work.at < self.end


def read(day: date) -> Day:
    """The day where the centre is."""
    start, end = bounds(day)
    since, until = start - LEAD, end + LEAD
    works = _works(since, until)
    learnt = _learnt(end)
    return Day(
        start,
        end,
        works,
        _there(since, until),
        merged((agent, (begun, done)) for agent, begun, done in _segments_within(since, until)),
        _patience(learnt),
        _takes(end),
        _answers(end),
    )


def bounds(day: date) -> Span:
    return day_of(datetime.combine(day, time(12), timezone.get_default_timezone()))


def _works(since: datetime, until: datetime) -> list[Work]:
    came = Interaction.objects.filter(arrived_at__gte=since, arrived_at__lt=until).exclude(state=State.SPAM)
    events = Event.objects.filter(interaction__in=came, what__in=["arrived", "woken"]).order_by("interaction", "seq")
    arrived: dict[int, int] = {}
    woken: dict[int, list[datetime]] = defaultdict(list)
    for pk, what, queue, at in events.values_list("interaction", "what", "queue", "at"):
        if what == "arrived":
            arrived[pk] = queue
        else:
            woken[pk].append(at)
    segments: dict[int, list[tuple]] = defaultdict(list)
    rows = Segment.objects.filter(interaction__in=came, ended_at__isnull=False).order_by("interaction", "started_at")
    for pk, *row in rows.values_list("interaction", "queue", "started_at", "ended_at", "wrapped_up_at", "ending"):
        segments[pk].append(tuple(row))
    columns = ("pk", "arrived_at", "channel", "queue", "entry_point__key", "live", "answered_at", "state", "ended_at")
    return [
        Work(
            pk, at, channel, arrived.get(pk) or queue, entry or "", live, tuple(_parts(segments[pk], woken[pk])),
            answered_at, ended_at if state == State.ABANDONED and answered_at is None else None,
        )
        for pk, at, channel, queue, entry, live, answered_at, state, ended_at in came.order_by("arrived_at", "pk")
        .values_list(*columns)
    ]  # fmt: skip


def _parts(segments: list[tuple], woken: list[datetime]) -> Iterator[Part]:
    parked_at = None
    for queue, begun, ended, wrapped_up, ending in segments:
        parked, back = NO_TIME, False
        if parked_at is not None:
            waking = next((at for at in woken if at >= parked_at), begun)
            parked, back = min(waking, begun) - parked_at, True
        yield Part(queue, ended - begun, max(NO_TIME, (wrapped_up or ended) - ended), parked, back)
        parked_at = ended if ending == Segment.Ending.PARKED else None


def _there(since: datetime, until: datetime) -> dict[int, list[Span]]:
    """When each agent was ready for work."""
    there: dict[int, list[Span]] = defaultdict(list)
    came: dict[int, datetime] = {}
    before = StatusChange.objects.filter(at__lt=since).order_by("agent", "-at", "-pk").distinct("agent")
    within = StatusChange.objects.filter(at__gte=since, at__lt=until).order_by("at", "pk")
    columns = ("agent", "status", "next_status", "withheld", "present", "at")
    for agent, status, going_to, withheld, present, at in [
        *before.values_list(*columns),
        *within.values_list(*columns),
    ]:
        ready = status == "available" and not going_to and not withheld and present
        if ready:
            came.setdefault(agent, max(at, since))
        elif agent in came:
            there[agent].append((came.pop(agent), at))
    for agent, at in came.items():
        there[agent].append((at, until))
    return dict(there)


def _segments_within(since: datetime, until: datetime) -> Iterable[tuple[int, datetime, datetime]]:
    ended = Coalesce("wrapped_up_at", "ended_at")
    overlapping = Segment.objects.filter(started_at__lt=until).annotate(done=ended).filter(done__gt=since)
    return overlapping.values_list("agent", "started_at", "done").order_by("agent", "started_at")


def _learnt(end: datetime) -> Iterable[tuple[int, datetime, datetime | None, datetime | None, str]]:
    recent = Interaction.objects.filter(arrived_at__gte=end - LEARNT_FROM, arrived_at__lt=end, live=True)
    known = recent.filter(Q(answered_at__isnull=False) | Q(state=State.ABANDONED)).order_by("-arrived_at")
    return known.values_list("queue", "arrived_at", "answered_at", "ended_at", "state")[:SAMPLE]


def _patience(learnt: Iterable[tuple[int, datetime, datetime | None, datetime | None, str]]) -> dict[int, float]:
    """How many leave per second of waiting: the estimate for patience that is cut short by answers.

    (Brown et al., Statistical analysis of a telephone call center, 2005.) Queues that few have left are taken
    together, as 0.
    """
    left: dict[int, int] = defaultdict(int)
    waited: dict[int, float] = defaultdict(float)
    for queue, came, answered, ended, _state in learnt:
        if (end := answered or ended) is None:
            continue
        for key in (queue, 0):
            left[key] += answered is None
            waited[key] += max(0.0, (end - came).total_seconds())
    return {key: left[key] / waited[key] for key in waited if waited[key] and (key == 0 or left[key] >= 5)}


def _takes(end: datetime) -> dict[int, list[Part]]:
    """What work took that was answered and ended with its first agent."""
    recent = Segment.objects.filter(
        started_at__gte=end - LEARNT_FROM, started_at__lt=end, ending=Segment.Ending.ENDED, queue__isnull=False
    ).annotate(done=Coalesce("wrapped_up_at", "ended_at"))
    takes: dict[int, list[Part]] = defaultdict(list)
    rows = recent.order_by("-started_at").values_list("queue", "started_at", "ended_at", "done")[:SAMPLE]
    for queue, begun, ended, done in rows:
        if ended is None:  # the filter leaves none
            continue
        part = Part(queue, ended - begun, done - ended)
        takes[queue].append(part)
        takes[0].append(part)
    return dict(takes)


def _answers(end: datetime) -> dict[str, list[tuple[timedelta, str]]]:
    """How offers ended that were left to their agents."""
    ended = Offer.objects.filter(
        offered_at__gte=end - LEARNT_FROM, offered_at__lt=end, state__in=["accepted", "declined", "timed_out"]
    )
    answers: dict[str, list[tuple[timedelta, str]]] = defaultdict(list)
    rows = ended.annotate(channel=F("interaction__channel")).order_by("-offered_at")
    for channel, offered, done, state in rows.values_list("channel", "offered_at", "ended_at", "state")[:SAMPLE]:
        if done is None:  # the filter leaves none
            continue
        answers[channel].append((done - offered, state))
    return dict(answers)


def merged(spans: Iterable[tuple[int, Span]]) -> dict[int, list[Span]]:
    """By agent, without overlaps, in order."""
    by_agent: dict[int, list[Span]] = defaultdict(list)
    for agent, span in spans:
        by_agent[agent].append(span)
    for agent, found in by_agent.items():
        whole: list[Span] = []
        for since, until in sorted(found):
            if whole and since <= whole[-1][1]:
                whole[-1] = whole[-1][0], max(whole[-1][1], until)
            else:
                whole.append((since, until))
        by_agent[agent] = whole
    return dict(by_agent)
