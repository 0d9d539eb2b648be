"""How today's answers to mail and other messages that were left stand against their target, in business hours."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

REPLIES = _(
    "Replies today to messages that were left, sent within the queue's target ÷ all of them; of those, the first ones. "
    "The target counts only while the queue and the entry point are open."
)
OVERDUE = _("Messages that nobody has answered within the target, in business hours.")

# Index-only to the lines of the day: replies_by_time. A mail that was taken back was never said.
DAY = """
    select i.queue_id, count(*), count(*) filter (where m.at <= m.due_at),
        count(*) filter (where i.replied_at = m.at),
        count(*) filter (where i.replied_at = m.at and m.at <= m.due_at)
    from interactions_message m join interactions_interaction i on i.id = m.interaction_id
    where m.due_at is not null and m.at >= %s and m.at < %s and not exists (
        select from interactions_delivery d where d.line_id = m.id and d.state = 'withdrawn')
    group by i.queue_id
"""


@dataclass(frozen=True)
class Replies:
    sent: int = 0
    in_time: int = 0
    first: int = 0
    first_in_time: int = 0

    formula = REPLIES

    @property
    def level(self) -> float | None:
        """See REPLIES; none before the first."""
        return self.in_time / self.sent if self.sent else None

    @property
    def first_level(self) -> float | None:
        return self.first_in_time / self.first if self.first else None


def replies_of_queues(start: datetime, end: datetime) -> dict[int, Replies]:
    """Per queue, the replies of [start, end)."""
    with connection.cursor() as cursor:
        cursor.execute(DAY, [start, end])
        return {queue: Replies(*figures) for queue, *figures in cursor.fetchall()}
