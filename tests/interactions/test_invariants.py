"""Each rule is broken once, on purpose, in a transaction that is rolled back; exactly that rule has to say so."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from agents.models import Agent, Capacity
from interactions.invariants import RULES, broken
from interactions.models import Attachment, Disposition, EntryPoint, Interaction, Upload
from interactions.models.limits import Rule
from interactions.routing import ROUTER_LOCK
from tests.cast import make_active, make_agent, make_chat, make_offer, make_queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(
    entry_point: EntryPoint, maya: Agent, omar: Agent, ines: Agent, solved: Disposition, own_folder: None
) -> dict[str, Interaction]:
    """One interaction in every state, by the verbs alone."""
    Capacity.objects.filter(channel="chat").update(maximum=9, units=10)
    file = Upload(ContentFile(b"hello"), "a.txt", "text/plain", 5)
    chats = {}
    for state in ("queued", "offered", "active", "parked", "wrap_up", "closed", "abandoned", "returned", "set_aside"):
        chats[state] = make_chat(entry_point, text="Hello?", client_id="first", files=[file])
    make_offer(chats["offered"], omar)
    here, farther = entry_point.queue, make_queue("Farther")
    here.overflow_to = make_queue("Far", overflow_to=farther)
    here.save()
    chats["queued"].overflow(here, Rule("queue", "the line is full"))
    chats["queued"].overflow(here.overflow_to, Rule("queue", "waited too long"))
    make_offer(chats["set_aside"], omar)
    chats["set_aside"].set_aside(why="nobody took it in its time")
    for state in ("active", "parked", "wrap_up", "closed", "returned"):
        make_active(chats[state], maya).reply(maya, "Hi.")
        chats[state].refresh_from_db()
        chats[state].hear("And now?")
        chats[state].note(maya, "Nice one.")
    chats["active"].transfer_to(chats["active"].queue, by=maya)
    make_active(chats["active"], ines)
    chats["parked"].park(timezone.now() + timedelta(hours=1), by=maya)
    chats["wrap_up"].end(by=maya)
    chats["closed"].end(by=maya)
    chats["closed"].wrap_up(solved, by=maya)
    chats["closed"].rate(5)
    make_offer(chats["abandoned"], omar)
    chats["abandoned"].leave()
    chats["returned"].return_to_queue(why="test", by=maya.person)
    maya.choose_status("away", by=maya.person)
    make_agent("Noor Idle")
    return chats


def sql(statement: str, **values: object) -> None:
    with connection.cursor() as cursor:
        for one in statement.split(";"):
            cursor.execute(one, values)


def without(table: str, *constraints: str) -> None:
    """What the database forbids is allowed for the rest of this transaction."""
    sql("set constraints all immediate")
    for name in constraints:
        sql(f"alter table {table} drop constraint if exists {name}")
        sql(f"drop index if exists {name}")


def recounted(break_it: Callable[[], None]) -> Callable[[], None]:
    """The loads are wrong, but their units add up."""

    def both() -> None:
        break_it()
        for agent in Agent.objects.all():
            Capacity.objects.recount(agent.pk)

    return both


def work(assignment: str, state: str, *constraints: str) -> Callable[[], None]:
    def break_it() -> None:
        without("interactions_interaction", *constraints)
        sql(f"update interactions_interaction set {assignment} where state = '{state}' and returned_from_id is null")

    return break_it


def row(statement: str, table: str = "", *constraints: str) -> Callable[[], None]:
    def break_it() -> None:
        if table:
            without(table, *constraints)
        sql(statement)

    return break_it


def with_a_router(statement: str) -> Callable[[], None]:
    """A router is active, so what is overdue is a fault."""

    def break_it() -> None:
        sql("select pg_advisory_xact_lock(%(lock)s)", lock=ROUTER_LOCK)
        sql(statement)

    return break_it


LEG = "interactions_segment"
OF = "(select id from interactions_interaction where state = '{}' and returned_from_id is null)"
CLOSED, ACTIVE, OFFERED = OF.format("closed"), OF.format("active"), OF.format("offered")

SUPPORT, FARTHER = (f"(select id from interactions_queue where name = '{name}')" for name in ("Support", "Farther"))

BREAKS: dict[str, Callable[[], None]] = {
    "numbers_without_holes": work("last_seq = last_seq + 1", "queued"),
    "last_line_is_the_last": work("last_line = last_line + 1", "queued"),
    "last_public_line_is_the_last": work("last_public_line = last_line + 1", "queued"),
    "marks_stay_behind_the_numbers": work("customer_read = customer_received + 1", "queued"),
    "mail_of_ours_is_sent_or_not": row(
        'insert into interactions_email (line_id, kind, message_id, in_reply_to, "references", subject,'
        ' subject_changed, from_name, from_address, reply_to, "to", cc, bcc, text, html, automatic, authentication,'
        " notes, sender_verified) select min(id), 'reply', '', '', '{}', '', false, '', '', '', '{}', '{}', '{}', '',"
        f" '', '', '{{}}', '{{}}', true from interactions_message where kind = 'outbound' and interaction_id = {CLOSED}"
    ),
    "lines_follow_the_clock": row(
        f"update interactions_message set at = at - interval '1 hour' where kind = 'note' and interaction_id = {CLOSED}"
    ),
    "lines_say_who": row(
        f"update interactions_message set agent_id = null where kind = 'outbound' and interaction_id = {CLOSED}"
    ),
    "a_waiting_question_is_known": work("unanswered_since = null", "queued"),
    "first_reply_is_the_first": work("replied_at = null", "closed"),
    "nothing_is_said_after_the_end": row(
        f"""update interactions_message set at = at + interval '1 hour'
        where interaction_id = {OF.format("abandoned")}"""
    ),
    "a_retry_is_no_second_line": row(
        f"update interactions_message set client_id = 'first' where kind = 'inbound' and interaction_id = {CLOSED}",
        "interactions_message",
        "a_retry_is_no_second_message",
    ),
    "attachments_have_their_file": row(
        "update interactions_attachment set size = 4 where id = (select min(id) from interactions_attachment)"
    ),
    "work_in_hand_has_an_agent": work("agent_id = null", "closed"),
    "active_work_has_one_open_leg": row(
        "update interactions_segment set ended_at = clock_timestamp(), ending = 'ended' where ended_at is null"
    ),
    "the_open_leg_is_its_agents": row(
        f"""update interactions_offer set agent_id = (select max(id) from agents_agent)
        where state = 'accepted' and interaction_id = {ACTIVE};
        update interactions_segment set agent_id = (select max(id) from agents_agent) where interaction_id = {ACTIVE}"""
    ),
    "legs_do_not_overlap": row(
        f"""update interactions_segment set ended_at = now() + interval '1 hour'
        where ended_at is not null and interaction_id = {ACTIVE}"""
    ),
    "ringing_work_has_one_offer": recounted(
        row(
            """insert into interactions_offer
        (interaction_id, agent_id, queue_id, state, reason, offered_at, expires_at)
        select interaction_id, agent_id, queue_id, state, reason, offered_at, expires_at from interactions_offer
        where state = 'pending';
        update agents_capacity set load = load + 1 where channel = 'chat' and agent_id = (
            select max(agent_id) from interactions_offer where state = 'pending')""",
            "interactions_offer",
            "one_pending_offer_per_interaction_and_agent",
        )
    ),
    "an_accepted_offer_began_a_leg": row(
        "update interactions_offer set state = 'accepted', ended_at = now() where state = 'rescinded'"
    ),
    "offers_end_once": row(
        "update interactions_offer set ended_at = null where state = 'rescinded'",
        "interactions_offer",
        "an_offer_ends_once",
    ),
    "every_leg_is_in_the_ledger": row(
        f"update interactions_event set what = 'woken' where what = 'accepted' and interaction_id = {CLOSED}"
    ),
    "the_ledgers_last_word_is_the_state": row("update interactions_event set what = 'woken' where what = 'abandoned'"),
    "the_ledger_says_who": row(
        f"update interactions_event set agent_id = null where what = 'accepted' and interaction_id = {CLOSED}"
    ),
    "the_ledger_names_what_there_is": row(f"update interactions_event set by_id = 0 where interaction_id = {CLOSED}"),
    "over_when_it_has_ended": work("ended_at = null", "abandoned", "over_when_it_has_ended"),
    "a_wrap_up_has_an_end": work("wrap_up_until = null", "wrap_up", "wrap_up_has_an_end"),
    "parked_work_wakes": work("parked_until = null", "parked"),
    "only_waiting_work_was_returned": work("returned_from_id = agent_id", "closed"),
    "times_run_forward": work("closed_at = ended_at - interval '1 s'", "closed"),
    "answered_with_the_first_leg": work("answered_at = answered_at + interval '1 microsecond'", "active"),
    "one_open_conversation_per_visitor": row(
        f"""update interactions_interaction set visitor_id = (
            select visitor_id from interactions_interaction where id = {ACTIVE}) where id = {OFFERED}""",
        "interactions_interaction",
        "one_open_conversation_per_visitor",
    ),
    "rated_after_the_end": work("rating = 5", "active"),
    "set_aside_for_a_reason": work("set_aside_why = 'for another reason'", "set_aside"),
    "an_overflow_never_loops": row(
        f"""update interactions_event set queue_id = {SUPPORT} where what = 'overflowed' and queue_id = {FARTHER};
        update interactions_interaction set queue_id = {SUPPORT} where queue_id = {FARTHER}"""
    ),
    "overflowed_to_where_it_waits": row(
        f"update interactions_interaction set queue_id = {SUPPORT} where queue_id = {FARTHER}"
    ),
    "who_is_called_back_need_not_wait": work("call_back = '0612345678'", "queued"),
    "old_work_is_set_aside": with_a_router(
        """update interactions_interaction set queued_at = now() - interval '4 days',
        arrived_at = now() - interval '4 days' where state = 'queued' and returned_from_id is null"""
    ),
    "load_is_what_is_taken": recounted(
        row(
            "update agents_capacity set load = load + 1 where id = (select min(id) from agents_capacity where load > 0)"
        )
    ),
    "load_fits": row(
        "update agents_capacity set maximum = 0 where load > 0 and maximum > 0 and id = ("
        "select min(id) from agents_capacity where load > 0)",
        "agents_capacity",
        "load_never_exceeds_capacity",
    ),
    "work_has_a_place": recounted(
        row("delete from agents_capacity where id = (select max(id) from agents_capacity where load > 0)")
    ),
    "units_add_up": row("update agents_agent set units_in_use = 99 where id = (select max(id) from agents_agent)"),
    "only_the_available_are_withheld": row(
        "update agents_agent set withheld_since = now() where withheld = ''", "agents_agent", "withheld_has_a_time"
    ),
    "a_next_status_waits_for_work": row(
        "update agents_agent set next_status = 'away' where id = (select max(id) from agents_agent)"
    ),
    "whoever_is_there_is_not_gone": row("update agents_agent set gone_since = now()"),
    "the_status_is_written_down": row("update agents_statuschange set status = 'offline'"),
    "dead_desks_are_cleared": with_a_router(
        """update agents_lease set expires_at = now() - interval '2 minutes'
        where id = (select min(id) from agents_lease)"""
    ),
    "offers_time_out": with_a_router(
        "update interactions_offer set expires_at = now() - interval '2 minutes' where state = 'pending'"
    ),
    "on_hold_beneath_what_interrupts": work("interrupted_since = now()", "wrap_up"),
    "what_is_due_is_done": with_a_router(
        """update interactions_interaction set parked_until = now() - interval '2 minutes' where state = 'parked'"""
    ),
}


def test_work_by_the_verbs_breaks_no_rule(scene):
    assert broken() == []


def test_nor_does_what_was_set_aside_and_put_back_or_closed(scene, entry_point, sam):
    back = make_chat(entry_point, text="Hello?")
    back.set_aside(why="nobody took it in its time")
    back.put_back(by=sam)
    scene["set_aside"].close_set_aside(by=sam)
    assert broken() == []


def test_each_broken_row_is_found_by_its_rule_alone(scene):
    assert {name: told(break_it) for name, break_it in BREAKS.items()} == {rule.name: {rule.name} for rule in RULES}


def told(break_it: Callable[[], None]) -> set[str]:
    """Which rules complain about this; afterwards all is whole again."""
    with transaction.atomic():
        break_it()
        rules = {row.rule for row in broken()}
        transaction.set_rollback(True)
    return rules


def test_a_lost_file_is_found(scene):
    attachment = Attachment.objects.order_by("pk")[0]
    attachment.file.storage.delete(attachment.file.name)
    assert [(row.rule, row.id) for row in broken()] == [("attachments_have_their_file", attachment.pk)]


def test_the_command_says_what_is_wrong_and_how_to_repair_it(scene, capsys):
    call_command("check_invariants", "--json")
    assert json.loads(capsys.readouterr().out) == {"checked": len(RULES), "broken": []}
    BREAKS["last_line_is_the_last"]()
    with pytest.raises(SystemExit) as exit_:
        call_command("check_invariants", "--json")
    assert exit_.value.code == 1
    (row,) = json.loads(capsys.readouterr().out)["broken"]
    assert row["rule"] == "last_line_is_the_last"
    assert row["id"] == scene["queued"].pk
    assert row["why"]
    assert row["repair"].startswith("Set last_line")
