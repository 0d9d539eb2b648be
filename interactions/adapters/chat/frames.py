"""What the visitor's page is told, as plain data (the visitor protocol's server side)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interactions.models import Message


def message_frame(message: "Message", *, prev: int) -> dict[str, Any]:
    """One line of the conversation; `prev` is the number of the line before it that the customer may see, 0 if none."""
    return {
        "type": "message",
        "seq": message.seq,
        "prev": prev,
        "kind": message.kind,
        "notice": "" if message.text else message.notice,
        "who": message.agent.person.get_short_name() if message.agent else "",
        "text": message.text,
        "at": message.at.isoformat(),
        "client_id": message.client_id,
        "attachments": [
            {"name": a.name, "size": a.size, "type": a.content_type, "token": a.token} for a in message.files
        ],
    }
