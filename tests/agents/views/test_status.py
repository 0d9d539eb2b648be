"""Choosing a status at the desk."""

import pytest
from django.urls import reverse

from agents.models import AwayReason


@pytest.fixture
def choose(client, maya):
    client.force_login(maya.person)

    def choose(status):
        response = client.post(reverse("status"), {"status": status}, headers={"HX-Request": "true"})
        maya.refresh_from_db()
        return response

    return choose


def test_away_for_a_reason_and_back(choose, maya):
    lunch = AwayReason.objects.create(name="Lunch")
    page = choose(f"away:{lunch.pk}").content.decode()
    assert (maya.status, maya.away_reason) == ("away", lunch)
    assert "Lunch" in page
    choose("available")
    assert (maya.status, maya.away_reason) == ("available", None)


def test_with_work_in_hand_it_comes_next(choose, maya, talk):
    page = choose("offline").content.decode()
    assert (maya.status, maya.next_status) == ("available", "offline")
    assert "Stay available" in page
    choose("stay")
    assert maya.next_status == ""


@pytest.mark.parametrize("status", ["", "asleep"])
def test_an_unknown_status_is_refused(choose, status):
    assert choose(status).status_code == 400


def test_a_reason_that_does_not_exist_is_not_there(choose):
    assert choose("away:4711").status_code == 404
