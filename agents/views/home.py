from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect


@login_required
def home(request) -> HttpResponseRedirect:
    """Everyone starts where their work is."""
    if hasattr(request.user, "agent"):
        return redirect("/desk/")
    return redirect("/admin/" if request.user.is_administrator else "/wallboard/")
