"""The wallboard: the same figures by a plain GET as are pushed every second."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from agents.access import PersonRequest, supervisor_required
from interactions.reports.board import FORMULAS, board_now, scope_of


@never_cache
@supervisor_required
def show(request: PersonRequest) -> HttpResponse:
    """The whole page; or, when the live line has just opened or was in doubt, everything on it anew."""
    board = board_now().within(scope_of(request.user))
    if request.htmx and request.htmx.request_type == "partial":
        return render(request, "wallboard/_news.html", {"board": board, "all_queues": True, "all_agents": True})
    return render(request, "wallboard/wallboard.html", {"board": board, "formulas": FORMULAS})
