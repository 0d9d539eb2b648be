"""What an agent presses in a call that others may have left meanwhile."""

import pytest
from django.urls import reverse

from interactions.calls import line, talk
from tests.interactions.calls.conftest import *  # noqa: F403
from tests.interactions.calls.conftest import leg_of
from tests.interactions.views.conftest import Desk

pytestmark = pytest.mark.django_db
VERBS = ["mute", "hold", "keys", "consult", "conference", "handover", "refusal", "removal", "recording", "hang-up"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_press_that_comes_after_the_call_is_answered_plainly_and_the_desk_looks_again(desk, talking, maya, verb):
    url = reverse(f"call-{verb}", args=[leg_of(talking, maya).peer])
    line.hang_up(leg_of(talking, "customer"))
    reply = desk.post(url, {"digits": "1"})
    assert (reply.status_code, reply["HX-Trigger"]) == (409, "stale")
    assert "You are no longer in this call." in reply.content.decode()


@pytest.mark.parametrize("verb", ["hold", "removal"])
def test_a_colleague_who_has_just_left_is_not_lost_without_a_word(desk, talking, maya, olga, verb):
    line.join(talk.consult(leg_of(talking, maya), olga))
    gone = leg_of(talking, olga)
    line.leave(gone)
    reply = desk.post(reverse(f"call-{verb}", args=[leg_of(talking, maya).peer]), {"whom": gone.peer, "on": "yes"})
    assert (reply.status_code, reply["HX-Trigger"]) == (409, "stale")
    assert "They are no longer in this call." in reply.content.decode()


@pytest.mark.parametrize("over", [False, True])
def test_the_telephone_of_somebody_else_is_not_there(talking, maya, olga, over):
    url = reverse("call-hang-up", args=[leg_of(talking, maya).peer])
    if over:
        line.hang_up(leg_of(talking, "customer"))
    assert Desk(olga).post(url).status_code == 404
