from django.http import HttpResponse
from django.shortcuts import redirect

from agents.access import PersonRequest, person_required


@person_required
def home(request: PersonRequest) -> HttpResponse:
    """Everyone starts where their work is; who leads and also answers, leads first."""
    if request.user.is_administrator:
        return redirect("/admin/")
    if request.user.is_supervisor or request.agent is None:
        return redirect("/wallboard/")
    return redirect("/desk/")
