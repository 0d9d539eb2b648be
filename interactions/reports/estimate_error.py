"""How right the waits were that customers were told today."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from interactions.lines.estimate import ESTIMATE

ESTIMATE_ERROR = _(
    "Over those answered today who were told a wait at arrival: the median distance between what was told and the real "
    "wait, and the average of told less real, which shows whether we tell too much or too little."
)

KEPT_FOR = 10.0  # seconds

# Index-only on arrivals_of_a_day, as the figures of the day.
ERRORS = """
    select queue_id, count(*), percentile_cont(0.5) within group (order by abs(error)), avg(error)
    from (
        select queue_id, extract(epoch from estimated_wait - (answered_at - arrived_at))::float as error
        from interactions_interaction
        where arrived_at >= %s and arrived_at < %s and live
        and answered_at is not null and estimated_wait is not null
    ) told group by queue_id
"""


@dataclass(frozen=True)
class EstimateError:
    told: int = 0
    median: timedelta = timedelta(0)
    bias: timedelta = timedelta(0)  # above zero: told too much

    formula = ESTIMATE

    @property
    def too_long(self) -> timedelta:
        return max(self.bias, timedelta(0))

    @property
    def too_short(self) -> timedelta:
        return max(-self.bias, timedelta(0))


type Errors = dict[int, EstimateError]

_known: dict[datetime, tuple[float, Errors]] = {}


def errors_of_queues(start: datetime, end: datetime) -> Errors:
    """Per queue, over everything that arrived in [start, end); a median is dear, so it is kept for a few seconds."""
    until, errors = _known.get(start, (0.0, {}))
    if until < time.monotonic():
        with connection.cursor() as cursor:
            cursor.execute(ERRORS, [start, end])
            errors = {
                queue: EstimateError(told, timedelta(seconds=median), timedelta(seconds=bias))
                for queue, told, median, bias in cursor.fetchall()
            }
        _known.clear()
        _known[start] = time.monotonic() + KEPT_FOR, errors
    return errors
