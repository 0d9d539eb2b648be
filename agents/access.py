"""Who is asking: the signed-in person with their agent in one query, and the pages that are for some roles only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

from agents.models import Agent, Person
from contactcenter.prepared import Prepared

type View = Callable[..., HttpResponse]


class AgentRequest(HttpRequest):
    """A request by an agent, as `agent_required` hands it on."""

    user: Person
    agent: Agent
    htmx: HtmxDetails


class PersonRequest(HttpRequest):
    """A request by somebody signed in; they need not handle work themselves."""

    user: Person
    agent: Agent | None
    htmx: HtmxDetails


_people = Prepared(lambda pk: Person.objects.select_related("agent__away_reason", "agent__next_reason").filter(pk=pk))


class PersonBackend(ModelBackend):
    """Django's own sign-in; a request's person comes with their agent, so that asking for it costs nothing."""

    def get_user(self, user_id: Any) -> Person | None:
        person = _people.first(user_id)
        return person if person and self.user_can_authenticate(person) else None


def _for(allowed: Callable[[PersonRequest], bool]) -> Callable[[View], View]:
    """Signed in (or sent to the login page) and allowed (or 403); the view finds `request.agent`, None for nobody."""

    def decorator(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            request.agent = getattr(request.user, "agent", None)
            if not allowed(request):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)  # no Back button shows it to whoever signs in next
            return response

        return guarded

    return decorator


person_required = _for(lambda request: True)
agent_required = _for(lambda request: request.agent is not None)
supervisor_required = _for(lambda request: request.user.is_supervisor or request.user.is_administrator)
administrator_required = _for(lambda request: request.user.is_administrator)
