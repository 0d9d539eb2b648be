"""How soon mail is answered, counted in business hours, by the first and by every reply."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from interactions.models import Hours, Interaction
from interactions.models.letter import Letter
from interactions.reports.board import board_now
from interactions.reports.replies import Replies
from tests.cast import make_active
from tests.interactions.adapters.email.conftest import door, letter, omar, take  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture
def office(queue):
    """Open from nine to five on working days; answers within two hours."""
    queue.hours = Hours.objects.create(name="Office", time_zone="Europe/Amsterdam")
    for weekday in range(5):
        queue.hours.periods.create(weekday=weekday, opens=time(9), closes=time(17))
    queue.reply_within = timedelta(hours=2)
    queue.save()
    return queue


def row():
    (row,) = board_now().queues
    return row


def test_a_weekend_is_no_delay_and_every_reply_counts(office, door, omar):  # noqa: F811
    question = letter("Where is it?")
    with time_machine.travel(FRIDAY, tick=False) as clock:
        work = take(question, door).row.interaction
        assert work.reply_due_at == FRIDAY + timedelta(days=2, hours=18), "on Monday at ten"
        clock.move_to(FRIDAY + timedelta(days=2, hours=17, minutes=50))
        work = make_active(work, omar)
        answer = work.write(omar, Letter("On its way."))
        assert (answer.due_at, work.reply_due_at) == (FRIDAY + timedelta(days=2, hours=18), None)
        assert row().replies == Replies(sent=1, in_time=1, first=1, first_in_time=1)
        work.write(omar, Letter("And one more thing."))
        assert row().replies.sent == 1, "nobody had asked"
        more = letter("And when?", In_Reply_To=f"<{answer.email.message_id}>")
        assert take(more, door).row.interaction == work
        clock.shift(timedelta(hours=3))
        assert row().line.overdue == 1
        work = Interaction.objects.get()
        late = work.write(omar, Letter("Tomorrow."))
        assert row().replies == Replies(sent=2, in_time=1, first=1, first_in_time=1)
        assert (row().replies.level, row().replies.first_level, row().line.overdue) == (0.5, 1, 0)
        work.unsend(omar, late)
        assert row().replies.sent == 1, "it was never said"
        assert Interaction.objects.get().reply_due_at == late.due_at


def test_who_waits_on_the_line_has_no_business_hours(office, chat):
    assert chat.reply_due_at is None
