"""What is configured so that it cannot work: said on the front page, in the lists, and after every save."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agents.models import Agent, Capacity, Skill
from contactcenter.admin import CentreAdmin
from contactcenter.mail_url import NOBODY
from interactions.models import EntryPoint, Hours, Mailbox, Queue
from interactions.rules.doubts import doubts
from interactions.rules.snapshot import snapshot

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Problem:
    about: Any
    text: str

    @property
    def kind(self) -> str:
        return str(self.about._meta.verbose_name)

    @property
    def url(self) -> str:
        meta = self.about._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[self.about.pk])


def find_problems(request: HttpRequest) -> list[Problem]:
    """All of them, in a fixed number of queries; kept for the request, so that each row of a list may ask."""
    found: list[Problem] | None = getattr(request, "_problems", None)
    if found is None:
        doors = list(EntryPoint.objects.filter(active=True).select_related("queue"))
        found = [
            *_emergencies(),
            *_doubts(),
            *_closed_doors(doors),
            *_idle_agents(),
            *_missing_skills(),
            *_mute_mailboxes(),
        ]
        request._problems = found  # type: ignore[attr-defined]
    return found


def _doubts() -> Iterator[Problem]:
    """What the rules allow but nobody can have meant."""
    rules = snapshot()
    found = doubts(rules)
    ids = {(doubt.section, doubt.name): rules[doubt.section][doubt.name]["id"] for doubt in found}
    of_section: dict[str, Any] = {"queues": Queue.objects, "agents": Agent.objects.select_related("person")}
    things = {section: objects.in_bulk(list(ids.values())) for section, objects in of_section.items() if found}
    for doubt in found:
        yield Problem(things[doubt.section][ids[doubt.section, doubt.name]], doubt.text)


def _emergencies() -> Iterator[Problem]:
    for queue in Queue.objects.filter(emergency=True):
        yield Problem(queue, _("It is closed for an emergency until somebody opens it again."))


def _closed_doors(doors: list[EntryPoint]) -> Iterator[Problem]:
    now = timezone.now()
    hours = Hours.objects.prefetch_related("periods", "exceptions").in_bulk()
    for door in doors:
        both = [hours[pk] for pk in (door.hours_id, door.queue.hours_id) if pk]
        if not opens_within(both, now, A_WEEK):
            yield Problem(door, _("It is closed for the whole coming week: look at its hours and its queue's."))


def opens_within(hours: list[Hours], now: datetime, span: timedelta) -> bool:
    """Whether there is a moment at which all of them are open."""
    moment = now
    while moment <= now + span:
        openings = [h.next_opening(moment) for h in hours]
        if any(opening is None for opening in openings):
            return False
        latest = max([moment, *(opening for opening in openings if opening)])
        if latest == moment:
            return True
        moment = latest
    return False


def _idle_agents() -> Iterator[Problem]:
    able = Capacity.objects.filter(maximum__gt=0).values("agent")
    for agent in Agent.objects.active().exclude(pk__in=able).select_related("person"):
        yield Problem(agent, _("Has no capacity on any channel, so nothing is ever offered."))
    unplaced = Agent.objects.active().filter(memberships=None).exclude(team__memberships__isnull=False)
    for agent in unplaced.select_related("person"):
        yield Problem(agent, _("Serves no queue, neither directly nor by team, so nothing is ever offered."))


def _missing_skills() -> Iterator[Problem]:
    for skill in Skill.objects.exclude(holders__agent__person__is_active=True):
        yield Problem(skill, _("Nobody has this skill."))


def _mute_mailboxes() -> Iterator[Problem]:
    if settings.MAILERS["default"]["BACKEND"] == NOBODY:
        for mailbox in Mailbox.objects.filter(active=True):
            yield Problem(mailbox, _("No mail server to send by is set (MAIL_URL): what agents write waits."))


class ShowsProblems(CentreAdmin):
    """For the admin of a model that problems are about: a column, a panel on its page, and a word after saving."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description=gettext_lazy("to look at"))
        def problems(obj: Any) -> str:
            texts = [problem.text for problem in find_problems(request) if problem.about == obj]
            return format_html_join("", '<span class="problem">{}</span>', ([text] for text in texts)) or "–"

        return [*super().get_list_display(request), problems]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        about = context["original"]
        context["problems"] = [p for p in find_problems(request) if p.about == about] if about else []
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn(request, form.instance)


def warn(request: HttpRequest, obj: Any) -> None:
    """Say at once what the change that was just saved leaves impossible."""
    problems = [problem for problem in find_problems(request) if problem.about == obj]
    others = len(find_problems(request)) - len(problems)
    for problem in problems:
        messages.warning(request, format_html("<b>{}</b>: {}", obj, problem.text))
    if others:
        text = ngettext("There is %d more thing to look at.", "There are %d more things to look at.", others) % others
        messages.info(request, format_html('<a href="{}">{}</a>', reverse("admin:index"), text))


admin.site.find_problems = find_problems  # type: ignore[attr-defined]
