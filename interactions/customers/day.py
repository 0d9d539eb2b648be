"""How customers come and go: at random moments, each with a conversation of their own."""

import asyncio
import random
from collections.abc import Callable

from interactions.customers.client import LINK_LOST, Refused, VisitorClient
from interactions.customers.people import Person, photograph

AT_ONCE = 200  # more than this many are not let out of the house
LETTERS_PER_SECOND = 9.0
KNOWN = 30  # people who may come back

Tell = Callable[[str], None]


class Day:
    def __init__(
        self, base_url: str, entries: list[str], *, per_minute: float, dice: random.Random, tell: Tell, pace: float = 1
    ) -> None:
        self.base_url, self.entries, self.per_minute = base_url, entries, per_minute
        self.dice, self.tell, self.pace = dice, tell, pace
        self.known: list[Person] = []

    async def run(self, customers: int | None = None) -> None:
        """Let customers come until stopped, or until so many have come and gone."""
        async with asyncio.TaskGroup() as visits:
            underway: set[asyncio.Task[None]] = set()
            while customers is None or customers > 0:
                if len(underway) < AT_ONCE:
                    visit = visits.create_task(self.visit(self.somebody()))
                    underway.add(visit)
                    visit.add_done_callback(underway.discard)
                    customers = None if customers is None else customers - 1
                await self.pause(self.dice.expovariate(self.per_minute / 60))

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.pace)

    def somebody(self) -> Person:
        """Mostly somebody new; those who said so come back."""
        if self.known and self.dice.random() < 0.25:
            return self.known.pop(self.dice.randrange(len(self.known)))
        return Person(self.dice.choice(self.entries), random.Random(self.dice.random()))

    async def visit(self, person: Person) -> None:
        who = f"{person.name} ({person.character.name})"
        try:
            async with VisitorClient(self.base_url, person.entry, person.tokens.get(person.entry, "")) as page:
                outcome = await self.talk(person, page)
                person.tokens[person.entry] = page.token
            self.tell(f"{who} at {person.entry}: {outcome}")
        except Refused as refused:
            self.tell(f"{who} at {person.entry}: turned away ({refused.code})")
            person.tokens.clear()
        except (*LINK_LOST, TimeoutError):
            self.tell(f"{who} at {person.entry}: could not reach us")
        if person.dice.random() < person.character.comes_back and len(self.known) < KNOWN:
            self.known.append(person)

    async def talk(self, person: Person, page: VisitorClient) -> str:
        """One conversation; returns how it went, in words."""
        patience, lines = person.character.patience / self.pace, person.lines()
        await self.start(person, page, lines.pop(0))
        try:
            await page.wait_for(lambda: page.answers or page.over, patience)
        except TimeoutError:
            await self.leave(page)
            return "left without an answer"
        for line in lines:
            if page.over:
                break
            heard = len(page.answers)
            await self.read_and_write(person, page, line)
            if not page.over:
                await self.something_happens(person, page)
            if not await self.answered(page, heard, patience):
                break
        return await self.say_goodbye(person, page)

    async def start(self, person: Person, page: VisitorClient, question: str) -> None:
        details = {"name": person.name, "email": person.email, "language": "nl" if person.entry == "nl" else "en"}
        try:
            await page.open(question, **details)
        except Refused as refused:
            if refused.code != "closed_hours":
                raise
            await page.open(question, **details, leave_message=True)

    async def read_and_write(self, person: Person, page: VisitorClient, line: str) -> None:
        await self.pause(person.dice.uniform(1, 4))
        await page.read()
        await page.types()
        await self.pause(min(20, len(line) / LETTERS_PER_SECOND))
        try:
            await page.say(line)
        except Refused:
            if not page.over:  # else the agent was quicker
                raise

    async def something_happens(self, person: Person, page: VisitorClient) -> None:
        if person.dice.random() < person.character.picture:
            await page.send_file("photo.png", photograph(person.dice), "This is what it looks like")
        if person.dice.random() < person.character.loses_network:
            await page.lose_network(person.dice.uniform(3, 20) / self.pace)

    async def answered(self, page: VisitorClient, heard: int, patience: float) -> bool:
        """An answer comes, after a reminder if need be."""
        for last_call in (False, True):
            try:
                await page.wait_for(lambda: len(page.answers) > heard or page.over, patience)
            except TimeoutError:
                if last_call:
                    return False
                await page.say("Are you still there?")
            else:
                return True
        return False

    async def leave(self, page: VisitorClient) -> None:
        await page.end()
        await page.wait_for(lambda: page.over, 30)

    async def say_goodbye(self, person: Person, page: VisitorClient) -> str:
        try:
            await page.wait_for(lambda: page.over, person.dice.uniform(15, 60) / self.pace)
        except TimeoutError:
            await self.leave(page)
        if page.state.get("can_rate") and person.dice.random() < person.character.rates:
            await self.pause(person.dice.uniform(2, 6))
            stars = person.dice.choice((5, 5, 5, 4, 4, 3, 2))
            await page.rate(stars, person.dice.choice(("", "", "Quick and kind.", "It took a while.")))
            await page.wait_for(lambda: page.state.get("stars"), 30)
            return f"content, {stars} of 5"
        return "done"
