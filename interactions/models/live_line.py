"""A line of a live chat in one statement: it takes its number, moves the row and stands in the ledger, or none of it.

That is what nearly all lines are, and as a move each would take ten round trips with the row locked from the second to
the last. Anything else gives no line and changes nothing, and the move decides: a conversation that waits, is parked or
over, is by mail or phone or was left as a message, belongs to another agent; a line that was said before.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from agents.models import Agent, Channel, Person
from contactcenter.prepared import rows
from interactions import broadcasts
from interactions.models.customer import Customer
from interactions.models.message import Message
from interactions.models.states import State

if TYPE_CHECKING:
    from interactions.models.work import Work

# The lock first: its row is the newest, whatever the statement saw before it waited. A line with a known client id is
# not written, so there is nothing the row would be moved for.
_SAID = """
with work as (
    select id, customer_id, agent_id, last_seq + 1 as seq, last_line, last_public_line, unanswered_since, replied_at
    from interactions_interaction
    where id = %(work)s and state = 'active' and channel = 'chat' and reply_due_at is null and {whose}
    for no key update
), line as (
    insert into interactions_message (interaction_id, seq, kind, notice, agent_id, text, client_id, at)
    select id, seq, %(kind)s, '', %(by)s::bigint, %(text)s::text, %(client_id)s, %(at)s from work
    on conflict (interaction_id, kind, client_id) where client_id <> '' do nothing
    returning id
), moved as (
    update interactions_interaction as row
    set last_seq = seq, last_line = seq, last_public_line = seq, {moves}
    from work, line where row.id = work.id
    returning row.unanswered_since, row.agent_read, row.replied_at
) {besides}
select line.id, work.seq, work.last_line, work.last_public_line, moved.*, work.customer_id, customer.name,
    work.agent_id, agent.person_id, person.name, person.username, person.language
from work, line, moved, interactions_customer as customer, agents_agent as agent, agents_person as person
where customer.id = work.customer_id and agent.id = work.agent_id and person.id = agent.person_id
"""
_HEARD = _SAID.format(
    whose="live",
    moves="unanswered_since = coalesce(work.unanswered_since, %(at)s)",
    besides="",
)
_REPLIED = _SAID.format(
    whose="agent_id = %(by)s",
    moves="unanswered_since = null, agent_read = seq, replied_at = coalesce(work.replied_at, %(at)s)",
    besides=""", sent as (
        delete from interactions_draft as draft using work, line
        where draft.interaction_id = work.id and draft.agent_id = work.agent_id
    )""",
)


def heard(work: "Work", text: str, client_id: str) -> Message | None:
    """A line from the customer."""
    return _say(_HEARD, work, Message.Kind.INBOUND, text, client_id, by=None)


def replied(work: "Work", agent: Agent, text: str, client_id: str) -> Message | None:
    """A line from the agent who has it; what they had drafted is said by it."""
    return _say(_REPLIED, work, Message.Kind.OUTBOUND, text, client_id, by=agent)


def _say(statement: str, work: "Work", kind: str, text: str, client_id: str, *, by: Agent | None) -> Message | None:
    at: datetime = timezone.now()
    values = {"work": work.pk, "kind": kind, "by": by and by.pk, "text": text, "client_id": client_id, "at": at}
    said = rows(statement, values)
    if not said:
        return None
    pk, seq, last, last_public, unanswered, read, replied, customer, called, agent, person, *known = said[0]
    work.state, work.channel = State.ACTIVE, Channel.CHAT
    work.last_seq = work.last_line = work.last_public_line = seq
    work.unanswered_since, work.agent_read, work.replied_at = unanswered, read, replied
    work.customer = _known(Customer, id=customer, name=called)
    work.agent = by or _known(Agent, id=agent, person_id=person)
    if not by:
        name, username, language = known
        work.agent.person = _known(Person, id=person, name=name, username=username, language=language)
    message = Message(
        id=pk, interaction_id=work.pk, seq=seq, kind=kind, agent=by, text=text, client_id=client_id, at=at
    )
    message._state.db, message._state.adding = "default", False
    message.files, message.prev = [], last  # type: ignore[attr-defined]
    broadcasts.message_added(work, message, previous=last, previous_public=last_public)
    return message


def _known(model: Any, **columns: Any) -> Any:
    """What is known of a row; the rest of it is read if anybody asks."""
    return model.from_db("default", list(columns), list(columns.values()))
