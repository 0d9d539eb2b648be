"""An agent's open desk: being connected is being present, and what is pushed is drawn for this agent alone."""

import asyncio
import json
import zoneinfo
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField
from django.template.loader import render_to_string
from django.utils import timezone, translation

from agents.models import Agent, Person
from agents.views.status import status_of
from agents.watch import get_watch
from contactcenter.realtime import Screen, in_db, push
from interactions import onlookers
from interactions.broadcasts import visitor_screen
from interactions.models import Interaction
from interactions.models.marks import Mark
from interactions.presence import get_presence
from interactions.shortly import get_shortly
from interactions.views import panes, transcript
from interactions.views.messages import client_id_of, said_live

SIGNED_OUT, NO_ACCESS = 4401, 4403
BEAT = 10  # seconds; a browser that hears nothing for longer than 25 dials again


class DeskConsumer(Screen):
    async def connect(self) -> None:
        person: Person = self.scope["user"]
        self.agent: Agent | None = getattr(person, "agent", None)
        self.connection: UUID | None = None
        self._beat: asyncio.Task[None] | None = None
        self._open: int | None = None
        self._onlookers: dict[int, bool] = {}
        if self.agent is None:
            await self.refuse(NO_ACCESS if person.is_authenticated else SIGNED_OUT)
            return
        await self.join(self.agent.screen)
        await self.join(person.screen)
        self.connection = await get_presence().open_desk(self.agent, self._device())
        await self.accept()
        get_watch().add(self)
        self._beat = asyncio.create_task(self._keep_beating())

    async def disconnect(self, code: int) -> None:
        get_watch().remove(self)
        if self._beat:
            self._beat.cancel()
        if self.connection:
            await get_presence().close_desk(self.connection)
        if self._open:
            await in_db(self._leave)

    def _agent(self) -> Agent:
        assert self.agent
        return self.agent

    def _device(self) -> str:
        return dict(self.scope["headers"]).get(b"user-agent", b"").decode("latin-1").replace("\0", "")[:64]

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self.show({"type": "websocket.send", "text": '{"type": "beat"}'})

    async def receive_json(self, data: dict[str, Any]) -> None:
        """Signs of life, which no answer follows, and what is said in a live chat, where every millisecond counts.
        Whatever else an agent does is a request, and so is a reply that this could not say: there they are told why."""
        match data:
            case {"type": "say", "number": int(n), "interaction": int(pk), "text": str(text), "client_id": str(by)}:
                with get_shortly().standing_back():
                    said = await in_db(self._say, pk, text, client_id_of(by))
                await self.send(text_data=json.dumps({"type": "said", "number": n, "html": said}))
            case {"type": "read", "interaction": int(pk), "seq": str(seq)} if (
                0 < pk <= BigIntegerField.MAX_BIGINT and seq.isdecimal() and len(seq) < 10
            ):  # it is set together with what others have read
                get_shortly().mark(Mark(pk, "agent_read", by=self._agent().pk), int(seq))
            case {"type": "typing", "interaction": int(pk)}:
                await in_db(self._typing, pk)
            case {"type": "looking", "interaction": int(pk)} if html := await in_db(self._looking, pk):
                await self.send(text_data=html)

    def _say(self, pk: int, text: str, client_id: str) -> str:
        """The line as it is drawn, or nothing."""
        line = said_live(Interaction(pk=pk), self._agent(), text, client_id)
        return line.drawn if line else ""

    def _typing(self, pk: int) -> None:
        agent = self._agent()
        if Interaction.objects.filter(pk=pk, agent=agent, state="active").exists():
            data = {"type": "typing", "who": agent.person.get_short_name()}
            push(visitor_screen(pk), {"type": "screen.json", "data": data})
            if pk == self._open:
                self._tell_onlookers(pk, onlookers.looks(pk, agent.pk, writes=True))

    def _looking(self, pk: int) -> str:
        """This desk has it open; who else does is drawn when that has changed since it last was."""
        agent, new = self._agent(), pk != self._open
        if new:
            if self._open:
                self._leave()
            if not panes.seen(agent, pk):
                return ""
            self._open, self._onlookers = pk, {}
        found = onlookers.looks(pk, agent.pk)
        if new:
            self._tell_onlookers(pk, found)
        return self._onlookers_of(agent, pk, found)

    def _leave(self) -> None:
        if pk := self._open:
            self._open = None
            self._tell_onlookers(pk, onlookers.leaves(pk, self._agent().pk))

    def _tell_onlookers(self, pk: int, found: dict[int, bool]) -> None:
        for other in found:
            push(f"agent-{other}", {"type": "screen.refresh", "what": "onlookers", "id": pk})

    def _onlookers_of(self, agent: Agent, pk: int, found: dict[int, bool]) -> str:
        if found == self._onlookers or pk != self._open:
            return ""
        self._onlookers = found
        with translation.override(agent.person.language):
            return _draw("_onlookers.html#pushed", {"pk": pk, "onlookers": onlookers.named(found)})

    def want(self, event: dict[str, Any]) -> None:
        """A row of the list may follow a moment later, what rings, moves or is said may not; the phone comes first."""
        if event["what"] == "phone":
            self._wanted = {("phone", 0): event, **self._wanted}
            self._refresh_on()
        elif event["what"] == "row":
            get_shortly().draw(self, (self._agent(), event["id"]))
        else:
            super().want(event)

    async def refresh(self, event: dict[str, Any]) -> None:
        if html := await in_db(self._drawn, event):
            await self.send(text_data=html)

    async def resynced(self) -> None:
        await self.send(text_data=json.dumps({"type": "resync"}))

    def _drawn(self, event: dict[str, Any]) -> str:
        """What the event is about, through the same queries and templates as the page."""
        agent = self._agent()
        if event["what"] in ("work", "status", "offers"):
            agent = Agent.objects.select_related("person", "away_reason", "next_reason").get(pk=agent.pk)
        zone = zoneinfo.ZoneInfo(agent.person.time_zone)
        with translation.override(agent.person.language), timezone.override(zone):
            match event["what"]:
                case "line":
                    return _line(agent, event["id"])
                case "work":
                    return _work(agent) + _talk(agent, event["id"])
                case "status":
                    return _draw("_status.html#reply", status_of(agent)) + _work(agent)
                case "onlookers":
                    pk = event["id"]
                    return self._onlookers_of(agent, pk, onlookers.others(pk, agent.pk))
                case "phone":
                    return _draw("_phone.html#reply", {"agent": agent, "phones": panes.phones_of(agent)})
                case "recordings":
                    return _recordings(agent, event["id"])
                case "typing":
                    return _draw("_typing.html", {"pk": event["id"]})
                case _:
                    return _work(agent)


def _line(agent: Agent, pk: int) -> str:
    """A line that looks different now, for a desk that has it in view."""
    found = transcript.line(agent, pk)
    return _draw("_messages.html#changed", {"interaction": found.interaction, "messages": [found]}) if found else ""


def _work(agent: Agent) -> str:
    return _draw("_work.html#reply", {"agent": agent, "work": panes.work_of(agent)})


def _talk(agent: Agent, pk: int) -> str:
    """The conversation around its lines, for a desk that has it open: its state, its tools, how far it was read; and
    what the customer's timeline says of it."""
    interaction = panes.seen(agent, pk)
    if not interaction:
        return ""
    past = _draw("_customer.html#past_state_pushed", {"past": interaction})
    return _draw("_talk.html#pushed", panes.conversation(agent, interaction)) + past


def _recordings(agent: Agent, pk: int) -> str:
    """Of this conversation, for a desk that has it open."""
    interaction = panes.seen(agent, pk)
    context = {"interaction": interaction, "recordings": interaction and panes.recordings_of(interaction)}
    return _draw("_customer.html#recordings_pushed", context) if interaction else ""


def _draw(template: str, context: dict[str, Any]) -> str:
    return render_to_string(f"desk/{template}", context)
