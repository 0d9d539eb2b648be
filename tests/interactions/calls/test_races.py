import pytest

from agents.errors import StaleState
from interactions.calls import line
from tests.interactions.calls.conftest import leg_of, overdue
from tests.interleaving import sessions

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_comes_back_while_they_are_given_up_is_not_hung_up_after_coming_back(talking, monkeypatch):
    """The call is over for them, and they are told; what was decided is not carried out on somebody who is back."""
    hang_up, back = line.hang_up, []
    line.lose(leg_of(talking, "customer"))

    with sessions("customer") as [customer]:

        def hang_up_later(leg, **why):
            back.append(customer.start(line.join, leg_of(talking, "customer")))
            customer.waits()
            hang_up(leg, **why)

        monkeypatch.setattr(line, "hang_up", hang_up_later)
        line.give_up(overdue(leg_of(talking, "customer")))
        with pytest.raises(StaleState):
            back[0].result()
    talking.refresh_from_db()
    assert talking.state == "ended"
