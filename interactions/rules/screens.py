"""Whoever's work or view a change of memberships touches: their screens connect again and get what is theirs now."""

from collections.abc import Iterable

from django.db.models import Q

from agents.models import Person, Team
from interactions.models import Membership


def reconnect_members(memberships: Iterable[Membership]) -> None:
    """The agents of these memberships, directly or by team, and who leads them."""
    agents = {membership.agent_id for membership in memberships} - {None}
    teams = {membership.team_id for membership in memberships} - {None}
    led = Team.objects.filter(Q(agents__in=agents) | Q(pk__in=teams))
    affected = Person.objects.filter(
        Q(agent__in=agents) | Q(agent__team__in=teams) | Q(supervised_teams__in=led)
    ).distinct()
    for person in affected:
        person.reconnect_screens()
