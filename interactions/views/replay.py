"""What a past day would have been under other rules: chosen by a form, run at once or, when it is long, by a worker."""

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import django_rq
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rq.exceptions import NoSuchJobError
from rq.job import Job

from agents.access import PersonRequest, supervisor_required
from interactions.jobs import replay_day
from interactions.models import Interaction, Queue
from interactions.replay.chart import charts, lines
from interactions.replay.run import NoSuchDay, Replay, noon_of, pieces, replay
from interactions.replay.words import COLUMNS, EXPLAINED, off_by, trust
from interactions.rules.versions import rules_at
from interactions.views.replay_form import QueueForm, WhichForm, changes_of, refuse

AT_ONCE = 10_000  # pieces of work: what takes about two seconds
FEW_QUEUES = 6
JOB_LASTS = 900  # seconds
KEPT_FOR = 3600


@supervisor_required
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: PersonRequest) -> HttpResponse:
    """The form for a day and some queues; sent, what would have come of it."""
    visible = {queue.pk: queue for queue in Queue.objects.visible_to(request.user)}
    asked = request.POST if request.method == "POST" else request.GET
    which = WhichForm(asked if "day" in asked else None, queues=list(visible.values()), initial={"day": _latest_day()})
    day = which.shown
    base = rules_at(noon_of(day))
    chosen = which.chosen or list(visible)[:FEW_QUEUES]
    names = {queue["id"]: name for name, queue in base["queues"].items() if queue["id"] in chosen}
    sent = request.POST if request.method == "POST" else None
    queues = [QueueForm(sent, name=name, rules=base["queues"][name], prefix=f"q{pk}") for pk, name in names.items()]
    page = {"which": which, "queues": queues, "chosen": list(names), "many": len(visible) > FEW_QUEUES, "day": day}
    if sent is None or not all([which.is_valid(), *(form.is_valid() for form in queues)]):
        return render(request, "wallboard/replay.html", page, status=200 if sent is None else 422)
    changes = changes_of(queues)
    if reasons := refuse(base, changes, queues):
        which.errors.setdefault("__all__", which.error_class()).extend(reasons)
    if reasons or any(form.errors for form in queues):
        return render(request, "wallboard/replay.html", page, status=422)
    return _run(request, page, day, changes, set(visible))


@supervisor_required
@never_cache
@require_safe
def job(request: PersonRequest, key: UUID) -> HttpResponse:
    """How far a long run is, and in the end what came of it; for who asked for it only."""
    try:
        found = Job.fetch(str(key), connection=django_rq.get_connection())
    except NoSuchJobError as error:
        raise Http404 from error
    if found.meta.get("person") != request.user.pk:
        raise Http404
    page: dict[str, Any] = {"key": key, "done": round(100 * found.meta.get("done", 0)), "failed": found.is_failed}
    if found.is_finished:
        page |= _told(cast(Replay, found.return_value()))
    part = "#result" if request.htmx and request.htmx.request_type == "partial" else ""
    return render(request, f"wallboard/replay_job.html{part}", page)


def _run(
    request: PersonRequest, page: dict[str, Any], day: date, changes: dict[str, Any], visible: set[int]
) -> HttpResponse:
    try:
        if pieces(day) > AT_ONCE:
            key = str(uuid4())
            django_rq.get_queue().enqueue(
                replay_day, day, changes, visible, get_language(), job_id=key, job_timeout=JOB_LASTS,
                result_ttl=KEPT_FOR, meta={"person": request.user.pk},
            )  # fmt: skip
            return redirect("replay-job", key)
        return render(request, "wallboard/replay.html", page | _told(replay(day, changes, queues=visible)))
    except NoSuchDay as error:
        which = page["which"]
        which.add_error("day", str(error))
        return render(request, "wallboard/replay.html", page, status=422)


def _told(found: Replay) -> dict[str, Any]:
    return {
        "found": found,
        "charts": charts(found),
        "lines": lines(found),
        "columns": [name for name, _column in COLUMNS],
        "off_by": off_by(found.all),
        "trust": trust(found.all),
        "explained": EXPLAINED,
    }


def _latest_day() -> date:
    """The last day that is over and on which somebody came; yesterday, if nobody ever did."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    before = (
        Interaction.objects.filter(arrived_at__lt=today).order_by("-arrived_at").values_list("arrived_at", flat=True)
    )
    latest = before.first()
    return timezone.localdate(latest) if latest else timezone.localdate() - timedelta(days=1)
