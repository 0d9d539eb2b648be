"""How today went for each queue. The raw counts are kept, so that any other published formula can be made of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

SERVICE_LEVEL = _(
    "Answered within the target ÷ (answered + abandoned after the target). "
    "Who leaves sooner than the target counts for neither side."
)
OFFERED = _("Customers who arrived today, whatever came of it; left messages do not count.")
ANSWERED = _("Arrived today and was taken by an agent.")
ABANDONED = _("Arrived today and left before anyone answered.")
SPEED_OF_ANSWER = _("Average time from arrival to the first answer, over those answered today, ringing included.")

# Index-only on arrivals_of_a_day. An interaction counts where it is now, from its arrival, also after a transfer.
DAY = """
    select i.queue_id, count(*), count(answered_at),
        count(*) filter (where answered_at - arrived_at <= q.answer_within),
        count(*) filter (where state = 'abandoned' and answered_at is null),
        count(*) filter (where state = 'abandoned' and answered_at is null and ended_at - arrived_at > q.answer_within),
        coalesce(sum(answered_at - arrived_at), '0')
    from interactions_interaction i join interactions_queue q on q.id = i.queue_id
    where arrived_at >= %s and arrived_at < %s and live group by i.queue_id
"""


@dataclass(frozen=True)
class QueueDay:
    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    abandoned_late: int = 0
    waited: timedelta = timedelta(0)  # by those who were answered

    formula = SERVICE_LEVEL

    def __add__(self, other: "QueueDay") -> "QueueDay":
        return QueueDay(
            self.offered + other.offered,
            self.answered + other.answered,
            self.answered_in_time + other.answered_in_time,
            self.abandoned + other.abandoned,
            self.abandoned_late + other.abandoned_late,
            self.waited + other.waited,
        )

    @property
    def counted(self) -> int:
        """What the service level is a share of."""
        return self.answered + self.abandoned_late

    @property
    def service_level(self) -> float | None:
        """See SERVICE_LEVEL; none before the first customer counts."""
        return self.answered_in_time / self.counted if self.counted else None

    @property
    def speed_of_answer(self) -> timedelta | None:
        """See SPEED_OF_ANSWER."""
        return self.waited / self.answered if self.answered else None


def days_of_queues(start: datetime, end: datetime) -> dict[int, QueueDay]:
    """Per queue, everything that arrived in [start, end)."""
    with connection.cursor() as cursor:
        cursor.execute(DAY, [start, end])
        return {queue: QueueDay(*figures) for queue, *figures in cursor.fetchall()}
