"""Two weeks of conversations: when they came, who had them, how they went."""

import random
import zoneinfo
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from agents.models import Agent, Channel
from interactions.models import Customer, Disposition, EntryPoint, Event, Interaction, Message, Offer, Queue, Segment
from interactions.models.offer_rule import RINGS_FOR
from interactions.routing.candidates import ranks
from interactions.seed import dialogues
from interactions.seed.people import STAFF, ZONE
from interactions.seed.shifts import on_shift
from interactions.seed.story import Story

# Arrivals per hour of the day, in the centre's own zone.
ARRIVALS = [0.7, 0.5, 0.4, 0.4, 0.4, 0.5, 0.7, 1.2, 2, 3, 3.5, 3.5, 3, 2.5, 3, 3, 3, 2.5, 2, 2, 2.2, 2, 1.5, 1]
WEEKEND = 0.6
LIVELY = timedelta(hours=3)  # before now, whatever the hour: the wallboard of a demo has something to show
AT_ONCE = 3
DOORS = ["demo", "demo", "demo", "sales", "sales", "orders", "orders", "orders", "billing", "billing", "nl"]


class Past:
    """The dice, the clock's end, and who is busy until when."""

    def __init__(self, staff: dict[str, Agent], queues: dict[str, Queue], dice: random.Random, now: datetime):
        self.dice, self.now = dice, now
        self.queues = queues
        self.doors = {door.key: door for door in EntryPoint.objects.select_related("queue__hours")}
        self.dispositions = {d.name: d for d in Disposition.objects.all()}
        shifts = {line.username: line.shift for line in STAFF}
        self.shifts = {agent.pk: shifts[username] for username, agent in staff.items()}
        by_pk = {agent.pk: agent for agent in staff.values()}
        self.members: dict[int, list[tuple[int, Agent]]] = defaultdict(list)
        for queue, agent, rank in ranks([q.pk for q in queues.values()], by_pk):
            self.members[queue].append((rank, by_pk[agent]))
        self.busy: dict[int, list[datetime]] = defaultdict(list)

    def free(self, queue: Queue, at: datetime) -> list[tuple[int, Agent]]:
        """Who serves the queue and is on shift with room, with their rank; formal agents alone when there are any."""
        there = []
        for rank, agent in self.members[queue.pk]:
            self.busy[agent.pk] = [until for until in self.busy[agent.pk] if until > at]
            room = 1 if agent.informal else AT_ONCE
            if on_shift(self.shifts[agent.pk], at) and len(self.busy[agent.pk]) < room:
                there.append((rank, agent))
        return [member for member in there if not member[1].informal] or there


def write_history(
    staff: dict[str, Agent],
    queues: dict[str, Queue],
    customers: list[Customer],
    dice: random.Random,
    now: datetime,
    days: int,
) -> None:
    past = Past(staff, queues, dice, now)
    stories = [story for at in arrivals(dice, now, days) if (story := _tell(past, dice.choice(customers), at))]
    Interaction.objects.bulk_create([story.interaction for story in stories])
    Segment.objects.bulk_create(chain.from_iterable(story.segments for story in stories))
    Offer.objects.bulk_create(chain.from_iterable(story.offers for story in stories))
    Message.objects.bulk_create(chain.from_iterable(story.messages for story in stories), batch_size=2000)
    Event.objects.bulk_create(chain.from_iterable(story.events for story in stories), batch_size=2000)


def arrivals(dice: random.Random, now: datetime, days: int) -> Iterator[datetime]:
    """Moments at which somebody came in, oldest first."""
    zone = zoneinfo.ZoneInfo(ZONE)
    at = now - timedelta(days=days)
    while True:
        local = at.astimezone(zone)
        rate = ARRIVALS[local.hour] * (WEEKEND if local.weekday() > 4 else 1)
        if at >= now - LIVELY:
            rate = max(rate, 9)
        changes = at + timedelta(hours=1)
        if at < now - LIVELY:
            changes = min(changes, now - LIVELY)
        at += timedelta(hours=dice.expovariate(rate))
        if at > changes:  # nobody came at this rate; what comes next knows nothing of the past
            at = changes
        elif at > now:
            return
        else:
            yield at


def _tell(past: Past, customer: Customer, at: datetime) -> Story | None:
    """One story that is over by now; None when it would not be."""
    dice = past.dice
    door = past.doors["nl" if customer.language == "nl" else dice.choice(DOORS)]
    queue = door.queue
    if not queue.open_at(at):
        story = _left_message(past, door, customer, at)
    elif dice.random() < 0.06 or not past.free(queue, at):
        story = _abandoned(past, door, customer, at)
    else:
        story = _conversation(past, door, customer, at)
    if story is None or story.at >= past.now:
        return None
    story.read_to_the_end()
    for segment in story.segments:
        past.busy[segment.agent_id].append(segment.wrapped_up_at or segment.ended_at or story.at)
    return story


def _abandoned(past: Past, door: EntryPoint, customer: Customer, at: datetime) -> Story:
    story = Story(door, door.queue, customer, at)
    story.hear(past.dice.choice(dialogues.LEFT_BEHIND))
    story.wait(past.dice.triangular(4, 240, 50))
    story.abandon()
    return story


def _left_message(past: Past, door: EntryPoint, customer: Customer, at: datetime) -> Story | None:
    """Written out of hours, answered when the queue is open again."""
    if door.queue.hours is None or (opening := door.queue.hours.next_opening(at)) is None:
        return None
    story = Story(door, door.queue, customer, at, live=False)
    story.hear(past.dice.choice(dialogues.LEFT_MESSAGES))
    story.at = opening + timedelta(minutes=past.dice.uniform(2, 50))
    if not (free := past.free(door.queue, story.at)):
        return None
    rank, agent = past.dice.choice(free)
    story.offer(agent, f"rank {rank}, longest idle")
    story.wait(past.dice.uniform(3, 12))
    story.accept()
    story.wait(past.dice.uniform(60, 200))
    story.reply("Good morning, thank you for your message. It is arranged; you get a mail with the details.")
    _finish(past, story, "Solved", by_customer=False)
    return story


def _conversation(past: Past, door: EntryPoint, customer: Customer, at: datetime) -> Story | None:
    dice, queue = past.dice, door.queue
    story = Story(door, queue, customer, at)
    strayed = dice.random() < 0.06
    if strayed:  # came in by the wrong door and is handed on
        queue = dice.choice([q for q in past.queues.values() if q.name not in (queue.name, "Dutch-speaking Support")])
    dialogue = dialogues.dialogue_for(queue, dice)
    first = dialogue.lines[0][1].format(order=f"TO-{dice.randint(20_000, 69_999)}", agent="")
    story.hear(first)
    if not _ring(past, story):
        return None
    if strayed:
        story.wait(dice.uniform(10, 30))
        story.reply("I am sorry, my colleagues know that better than I do. I ask one of them to take over.")
        story.wait(dice.uniform(4, 15))
        story.transfer(queue, dice.choice(dialogues.TRANSFER_NOTES))
        if not _ring(past, story):
            return None
    assert story.interaction.agent
    for by_customer, text in dialogue.told(story.interaction.agent.name, dice)[1:]:
        story.wait(min(90, 6 + len(text) * dice.uniform(0.12, 0.35)))
        (story.hear if by_customer else story.reply)(text)
    story.wait(dice.uniform(8, 50))
    _finish(past, story, dialogue.disposition, by_customer=dice.random() < 0.4)
    return story


def _ring(past: Past, story: Story) -> bool:
    """Offered until somebody takes it; False when nobody is there."""
    dice = past.dice
    luck = dice.random()
    story.wait(dice.uniform(0.2, 3) if luck < 0.8 else dice.triangular(15, 160, 30))
    tried: list[int] = []
    while True:
        free = [member for member in past.free(story.interaction.queue, story.at) if member[1].pk not in tried]
        if not free:
            return False
        rank, agent = min(free, key=lambda member: (member[0], len(past.busy[member[1].pk]), dice.random()))
        if agent.informal and (patience := story.interaction.queue.overflow_after):
            story.wait(patience.total_seconds())
        story.offer(agent, "overflow" if agent.informal else f"rank {rank}, longest idle")
        tried.append(agent.pk)
        luck = dice.random()
        if luck < 0.04 and len(free) > 1:
            story.wait(RINGS_FOR[Channel(story.interaction.channel)].total_seconds())
            story.miss()
        elif luck < 0.07 and len(free) > 1:
            story.wait(dice.uniform(3, 10))
            story.decline(dice.choice(dialogues.DECLINES))
        else:
            story.wait(dice.triangular(2, 14, 5))
            story.accept()
            return True


def _finish(past: Past, story: Story, disposition: str, *, by_customer: bool) -> None:
    dice = past.dice
    story.end(by_customer=by_customer)
    rates = story.interaction.live and dice.random() < 0.45
    wrap_up = dice.uniform(8, story.interaction.queue.wrap_up_within.total_seconds())
    story.wait(wrap_up)
    story.wrap_up(past.dispositions[disposition])
    if rates:
        story.wait(dice.uniform(1, 60))
        stars = dice.choices([5, 4, 3, 2, 1], [52, 28, 11, 5, 4])[0]
        story.rate(stars, dice.choice(dialogues.COMMENTS[stars]))
