"""What was said and written down: numbers, marks, files."""

from collections.abc import Iterator

from interactions.invariants.rule import Rule
from interactions.models.message import Attachment


def _without_file() -> Iterator[int]:
    for attachment in Attachment.objects.only("pk", "file", "size").iterator():
        try:
            whole = attachment.file.size == attachment.size
        except OSError:
            whole = False
        if not whole:
            yield attachment.pk


# As `Message.objects.answers()` has it.
AN_ANSWER = """kind = 'outbound'
    and not exists (select from interactions_email e where e.line_id = a.id and e.kind = 'forward')
    and not exists (select from interactions_delivery d where d.line_id = a.id
        and d.state in ('withdrawn', 'failed', 'bounced'))"""

LINES = [
    Rule(
        "numbers_without_holes",
        "Lines and events of an interaction share the numbers 1 to last_seq, each used once; a screen that resumes"
        " after a number relies on it.",
        "Find the missing or doubled number in messages and events; set last_seq to the highest one in use.",
        """
        select i.id from interactions_interaction i left join (
            select interaction_id, count(*) as used, count(distinct seq) as distinct_, min(seq) as low, max(seq) as high
            from (
                select interaction_id, seq from interactions_message
                union all select interaction_id, seq from interactions_event
            ) n group by interaction_id
        ) n on n.interaction_id = i.id
        where coalesce(n.used, 0) <> i.last_seq or n.distinct_ <> n.used or n.low <> 1 or n.high <> i.last_seq
        """,
    ),
    Rule(
        "last_line_is_the_last",
        "last_line is the number of the newest line, or 0; a desk finds a missed line by it.",
        "Set last_line to the highest message number.",
        """
        select i.id from interactions_interaction i
        where last_line <> coalesce((select max(seq) from interactions_message where interaction_id = i.id), 0)
        """,
    ),
    Rule(
        "last_public_line_is_the_last",
        "last_public_line is the number of the newest line the customer sees, or 0; the widget resumes by it.",
        "Set last_public_line to the highest number of a message that is not a note.",
        """
        select i.id from interactions_interaction i where last_public_line <> coalesce(
            (select max(seq) from interactions_message where interaction_id = i.id and kind <> 'note'), 0)
        """,
    ),
    Rule(
        "marks_stay_behind_the_numbers",
        "Nobody has read or received a line that was not yet written, and what was read was received.",
        "Lower the mark to last_seq; raise customer_received to customer_read.",
        """
        select id from interactions_interaction
        where greatest(agent_read, customer_received, customer_read) > last_seq or customer_read > customer_received
        """,
    ),
    Rule(
        "mail_of_ours_is_sent_or_not",
        "Whatever we wrote by mail has a delivery that says how far it came.",
        "Add a delivery: pending and due to send it, withdrawn to leave it.",
        """
        select line_id from interactions_email e where kind <> '' and not exists (
            select from interactions_delivery where line_id = e.line_id)
        """,
    ),
    Rule(
        "lines_follow_the_clock",
        "A higher number was said later (five seconds are left for clocks of several machines).",
        "Compare the clocks of the web processes (NTP); the numbers are the truth, correct the times.",
        """
        select id from (
            select id, at - lag(at) over (partition by interaction_id order by seq) as step from interactions_message
        ) m where step < interval '-5 seconds'
        """,
    ),
    Rule(
        "lines_say_who",
        "A line to the customer has the agent who wrote it, a line from the customer has none.",
        "Set the line's agent to the one of the segment at that time; clear it on a customer's line.",
        """
        select id from interactions_message
        where (kind = 'outbound' and agent_id is null) or (kind = 'inbound' and agent_id is not null)
        """,
    ),
    Rule(
        "a_waiting_question_is_known",
        "While open, unanswered_since is the time of the first line from the customer after the last reply, of which"
        " forwards and mail that was taken back or never arrived are none.",
        "Set unanswered_since to the time of that line, or to null when there is none.",
        f"""
        select i.id from interactions_interaction i
        where state in ('queued', 'offered', 'active', 'parked') and unanswered_since is distinct from (
            select min(at) from interactions_message m
            where m.interaction_id = i.id and kind = 'inbound' and seq > coalesce(
                (select max(seq) from interactions_message a where interaction_id = i.id and {AN_ANSWER}), 0))
        """,
    ),
    Rule(
        "first_reply_is_the_first",
        "replied_at is the time of the first line that answers the customer.",
        "Set replied_at to the time of the first outbound message that arrived.",
        f"""
        select i.id from interactions_interaction i where replied_at is distinct from
            (select min(at) from interactions_message a where interaction_id = i.id and {AN_ANSWER})
        """,
    ),
    Rule(
        "nothing_is_said_after_the_end",
        "Once it has ended neither side adds a line (five seconds are left for clocks of several machines).",
        "See whether ended_at or the line's time is wrong; a line that came too late belongs to a new interaction.",
        """
        select m.id from interactions_message m join interactions_interaction i on i.id = m.interaction_id
        where kind in ('inbound', 'outbound') and m.at > i.ended_at + interval '5 seconds'
        """,
    ),
    Rule(
        "a_retry_is_no_second_line",
        "A sender's id occurs once in an interaction: what was sent twice is shown once.",
        "Keep the line with the lower number; turn the other one into a note that says so.",
        """
        select max(id) from interactions_message where client_id <> ''
        group by interaction_id, kind, client_id having count(*) > 1
        """,
    ),
    Rule(
        "attachments_have_their_file",
        "The file of every attachment is in the storage, whole.",
        "Restore it from the backup of the storage, or delete the attachment's row.",
        _without_file,
    ),
]
