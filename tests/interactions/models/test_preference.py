"""Who is asked before the queue: whoever owns the customer, or helped them last."""

from datetime import timedelta

from django.utils import timezone

from interactions.models import Interaction
from interactions.routing.router import route
from tests.cast import make_active, make_chat, make_customer, make_team, make_visitor


def preference(chat):
    chat.refresh_from_db()
    return chat.preferred_agent, chat.preferred_team


def come_back(talk, agent, entry_point):
    """The same customer, once their conversation is over."""
    talk.end(by=agent)
    talk.complete_wrap_up(by=talk.agent.person)
    return make_chat(entry_point, talk.customer)


def test_r24_the_last_agent_where_the_queue_wants_that(talk, maya, omar, queue, entry_point):
    assert preference(come_back(talk, maya, entry_point)) == (None, None)
    Interaction.objects.exclude(pk=talk.pk).delete()
    queue.prefer_last_agent = True
    queue.save()
    again = make_chat(entry_point, talk.customer)
    assert preference(again) == (maya, None)
    (offer,) = route()
    assert (offer.interaction_id, offer.agent_id) == (again.pk, maya.pk)


def test_r24_who_is_busy_is_waited_for_as_long_as_the_queue_says(talk, maya, omar, queue, entry_point, time_machine):
    queue.prefer_last_agent, queue.prefer_within = True, timedelta(seconds=90)
    queue.save()
    again = come_back(talk, maya, entry_point)
    for _ in range(2):
        make_active(make_chat(entry_point), maya)
    time_machine.move_to(timezone.now() + timedelta(seconds=89), tick=False)
    assert route() == []
    time_machine.move_to(timezone.now() + timedelta(seconds=1), tick=False)
    (offer,) = route()
    assert (offer.interaction_id, offer.agent_id) == (again.pk, omar.pk)


def test_r24_who_is_gone_is_not_waited_for(talk, maya, omar, queue, entry_point):
    queue.prefer_last_agent, queue.prefer_within = True, timedelta(seconds=90)
    queue.save()
    come_back(talk, maya, entry_point)
    maya.choose_status("away", by=maya.person)
    (offer,) = route()
    assert offer.agent_id == omar.pk


def test_who_owns_the_customer_goes_before_who_helped_last(talk, maya, omar, queue, entry_point):
    queue.prefer_last_agent = True
    queue.save()
    talk.customer.owner = omar
    talk.customer.save()
    assert preference(come_back(talk, maya, entry_point)) == (omar, None)


def test_an_owner_team_is_asked_before_the_others(maya, omar, queue, entry_point):
    vip = make_team("Key accounts")
    omar.team, maya.idle_since = vip, timezone.now() - timedelta(hours=1)
    omar.save()
    maya.save()
    queue.memberships.create(team=vip, rank=2)
    customer = make_customer("Ada", owner_team=vip)
    chat = make_chat(entry_point, visitor=make_visitor(entry_point, customer))
    assert preference(chat) == (None, vip)
    (offer,) = route()
    assert offer.agent_id == omar.pk
