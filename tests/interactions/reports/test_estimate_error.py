"""How right the waits were that were told: the median error, and whether too much or too little was told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interactions.models import Interaction
from interactions.reports.board import board_now
from interactions.reports.day import day_of
from interactions.reports.estimate_error import EstimateError, _known, errors_of_queues
from tests.cast import make_chat, make_queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    _known.clear()


def told(entry_point, seconds, waited, **fields):
    """Told so many seconds, and answered after so many; None: not told, or not yet."""
    chat = make_chat(entry_point)
    row = {"estimated_wait": seconds, "answered_at": waited}
    row["estimated_wait"] = None if seconds is None else timedelta(seconds=seconds)
    row["answered_at"] = None if waited is None else chat.arrived_at + timedelta(seconds=waited)
    Interaction.objects.filter(pk=chat.pk).update(**row | fields)


def test_median_error_and_bias_of_today(queue, entry_point):
    for seconds, waited in ((60, 90), (60, 50), (120, 200), (None, 10), (60, None)):
        told(entry_point, seconds, waited)
    told(entry_point, 60, 600, arrived_at=timezone.now() - timedelta(days=2), queued_at=timezone.now())
    errors = errors_of_queues(*day_of(timezone.now()))
    assert errors == {queue.pk: EstimateError(3, timedelta(seconds=30), timedelta(seconds=-100 / 3))}
    assert (errors[queue.pk].too_long, errors[queue.pk].too_short) == (timedelta(0), timedelta(seconds=100 / 3))


def test_the_board_says_it_beside_its_formula(client, sam, queue, entry_point):
    told(entry_point, 60, 48)
    other = make_queue("Nobody told")
    rows = {row.id: row for row in board_now().queues}
    assert (rows[queue.pk].estimate.told, rows[other.pk].estimate) == (1, EstimateError())
    client.force_login(sam)
    page = client.get("/wallboard/").content.decode()
    assert "wait told ± 0:12 · 0:12 too long" in page
    assert page.count(str(EstimateError.formula)) == 2, "on hover and in text"
