"""The explanations in words, for people: an obstacle, or what will change, as one line in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from agents.channels import FULL, Channel
from agents.models import Agent, Skill, Team
from interactions.models.queue import NoAgent, Overflow, Queue
from interactions.routing.obstacles import Obstacle, What
from interactions.routing.outlook import Change

if TYPE_CHECKING:
    pass

OBSTACLES: dict[What, Promise] = {
    What.DISABLED: _("no longer signs in"),
    What.STATUS: _("%(standing)s"),
    What.WITHHELD: _("%(standing)s"),
    What.LEAVING: _("finishes what is in hand, then: %(standing)s"),
    What.GONE: _("available, but no desk is open"),
    What.COOLING: _("left alone for a moment after declining or missing"),
    What.PREFERS: _("it waits for %(agents)s first"),
    What.EXCLUDED: _("declined, missed or handed it on, and is not asked again yet"),
    What.MEMBER: _("does not serve this queue"),
    What.SKILL: _("has %(skill)s at %(has)s, asked is %(level)s"),
    What.STEP: _("comes in at step %(step)s"),
    What.INFORMAL: _("informal employees are not asked yet"),
    What.CHANNEL: _("does not do %(channel)s"),
    What.UNCHECKED: _("has not had their phone checked, so is offered no calls"),
    What.PHONE: _("their phone failed its check, so is offered no calls"),
    What.PLACE: _("no %(channel)s free (%(load)s of %(maximum)s)"),
    What.ATTENTION: _("not enough attention for %(channel)s (%(used)s of %(full)s in use, it needs %(needs)s)"),
    What.KEEPS_ROOM: _("keeps room for %(interaction)s, which came first"),
    What.OTHERS_FIRST: _("%(agents)s is asked first"),
    What.SERVES_FIRST: _("gets %(interactions)s, which goes first"),
}

CHANGES: dict[str, Promise] = {
    "step": _("Step %(step)s: %(widens)s"),
    "informal": _("Informal employees are asked"),
    "preference": _("The queue is asked: it no longer waits for %(agents)s"),
    "asked_again": _("%(agent)s may be asked again"),
    "wrapped_up": _("%(agent)s's wrap-up ends by itself"),
    "rung_out": _("What rings at %(agent)s stops ringing"),
    "set_aside": _("Set aside: nobody took it in its time"),
    "too_long": _("Waited too long: %(action)s"),
    "unattended": _("Nobody attends the line: %(action)s"),
    "closes": _("The queue closes: %(action)s"),
    "abandoned": _("Counts as abandoned unless the customer's page is seen again"),
}
ACTIONS = {**dict(NoAgent.choices), **dict(Overflow.choices)}


@dataclass
class Words:
    """Names for the ids that explanations hold, each kind read once."""

    agents: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def read(cls, agents: Iterable[int]) -> "Words":
        """All skills, queues and teams; of these agents the names, any other is somebody else."""
        people = Agent.objects.filter(pk__in=[*agents]).select_related("person")
        names = [dict(model.objects.order_by().values_list("pk", "name")) for model in (Skill, Queue, Team)]
        return cls({agent.pk: agent.name for agent in people}, *names)

    def of(self, obstacle: Obstacle) -> str:
        return OBSTACLES[obstacle.what] % self._facts(obstacle.facts)

    def of_change(self, change: Change) -> str:
        return CHANGES[change.what] % self._facts(change.facts)

    def _facts(self, facts: Mapping[str, Any]) -> dict[str, str]:
        said = {name: self._fact(name, fact) for name, fact in facts.items()}
        return said | {"full": str(FULL), "widens": self._widens(facts) if "teams" in facts else ""}

    def _fact(self, name: str, fact: Any) -> str:
        match name:
            case "agent":
                return self._name(fact)
            case "agents":
                return _listed([self._name(agent) for agent in fact]) or str(_("somebody"))
            case "skill":
                return self.skills.get(fact, str(fact))
            case "channel":
                return str(Channel(fact).label)
            case "interaction":
                return f"#{fact}"
            case "interactions":
                return _listed([f"#{pk}" for pk in fact])
            case "has":
                return str(fact or _("none"))
            case "action":
                return str(ACTIONS[fact])
            case _:
                return str(fact)

    def _name(self, agent: int) -> str:
        return self.agents.get(agent) or str(_("somebody"))

    def _widens(self, facts: Mapping[str, Any]) -> str:
        """What a step adds."""
        lowered = facts["skills"].items()
        added = [
            *(str(_("%s is not asked any more")) % self.skills[skill] for skill, level in lowered if not level),
            *(f"{self.skills[skill]} ≥ {level}" for skill, level in lowered if level),
            *(str(_("also who serves %s")) % self.queues[queue] for queue in facts["queues"]),
            *(str(_("also the team %s")) % self.teams[team] for team in facts["teams"]),
        ]
        return ", ".join(added) or str(_("nobody more is asked"))


def _listed(names: list[str]) -> str:
    return get_text_list(names, str(_("and")))
