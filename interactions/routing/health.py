"""Steps of relaxation that come by how a queue is doing, not by time: nobody there, long waits, a low service level.

Looked at while work waits. That a condition held is kept with the step, so that whatever waited then keeps the step,
also when the queue recovers: the pool only grows.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.db.models import Q

from interactions.lines.estimate import wait_of_next
from interactions.models.interaction import Interaction
from interactions.models.relaxation import Step
from interactions.reports.day import day_of
from interactions.reports.service_level import days_of_queues
from interactions.routing.pool import Pool

CONDITIONS = Q(when_nobody=True) | Q(when_wait_over__isnull=False) | Q(when_level_under__isnull=False)

type Numbered = tuple[int, Step]


def hold_steps(pool: Pool, now: datetime) -> list[Step]:
    """Mark the steps whose conditions hold at this moment, for the router's memory and for the next one's."""
    steps = list(_with_conditions())
    missed = _under_level(steps, now)
    held = []
    for number, step in steps:
        if (step.when_nobody and pool.nobody_before(number, step.queue_id)) or step.pk in missed or _wait_over(step):
            held.append(step)
        else:
            continue
        pool.rules.held(step.queue_id, number, now)
    Step.objects.filter(pk__in=[step.pk for step in held]).update(last_held_at=now)
    return held


def _with_conditions() -> Iterator[Numbered]:
    """Those of queues where work waits, each with its number in the queue."""
    conditional = Step.objects.filter(CONDITIONS).values("queue")
    steps = Step.objects.filter(queue__in=conditional).order_by("queue", "position")
    for queue, of_queue in groupby(steps, lambda step: step.queue_id):
        # The first of the line, not `exists`, for which the planner may read all that waits, as it thinks best.
        if Interaction.objects.waiting().filter(queue=queue).next_first().values("pk").first():
            yield from enumerate(of_queue, 1)


def _under_level(steps: list[Numbered], now: datetime) -> set[int]:
    """The steps whose queue answers too little in time today."""
    asked = [step for _number, step in steps if step.when_level_under is not None]
    days = days_of_queues(*day_of(now)) if asked else {}
    levels = {queue: day.service_level for queue, day in days.items()}
    return {
        step.pk
        for step in asked
        if (level := levels.get(step.queue_id)) is not None and 100 * level < (step.when_level_under or 0)
    }


def _wait_over(step: Step) -> bool:
    if step.when_wait_over is None:
        return False
    wait = wait_of_next(step.queue_id)
    return wait is not None and wait > step.when_wait_over
