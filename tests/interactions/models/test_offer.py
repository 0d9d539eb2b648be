"""An offer: rings at one agent, ends once, and the interaction never loses its place."""

from tests.cast import load_of


def test_an_accepted_offer_begins_the_conversation(offer, maya, shown):
    with shown() as pushes:
        chat = offer.accept()
    assert (chat.state, chat.agent) == ("active", maya)
    assert chat.segments.get().agent == maya
    assert load_of(maya) == 1
    assert {"g": maya.screen, "type": "screen.refresh", "what": "offers", "id": chat.pk} in pushes
