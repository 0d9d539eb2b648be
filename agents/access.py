"""Who is asking: the signed-in person with their agent in one query, and the pages only agents have."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from agents.models import Agent, Person


class AgentRequest(HttpRequest):
    """A request by an agent, as `agent_required` hands it on."""

    user: Person
    agent: Agent
    htmx: HtmxDetails


class PersonBackend(ModelBackend):
    def get_user(self, user_id: Any) -> Person | None:
        people = Person.objects.select_related("agent__away_reason", "agent__next_reason")
        person = people.filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None


def agent_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Signed in, and somebody who handles work; the view finds them as `request.agent`."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        agent = getattr(request.user, "agent", None)
        if agent is None:
            raise PermissionDenied
        request.agent = agent
        return view(request, *args, **kwargs)

    return login_required(guarded)
