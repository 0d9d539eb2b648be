"""Every word the widget shows, in the visitor's language, and which language that is."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from interactions.models import EntryPoint

# Defaults of the entry point's own texts, so that they are translated as long as nobody changed them.
DEFAULTS = [gettext_noop("Chat with us"), gettext_noop("How can we help?")]

TEXTS: dict[str, Promise] = {
    "open": _("Open chat"),
    "minimise": _("Minimise"),
    "menu": _("Menu"),
    "unread": _("Open chat, new messages: {count}"),
    "conversation": _("Conversation"),
    "you": _("You"),
    "write": _("Write a message…"),
    "send": _("Send"),
    "attach": _("Attach files"),
    "emoji": _("Emoji"),
    "remove": _("Remove"),
    "try_again": _("Try again"),
    "too_many_files": _("At most {count} files at once."),
    "file_too_large": _("{name} is larger than {size}."),
    "too_long": _("This text is too long."),
    "sending": _("Sending…"),
    "not_sent": _("Not sent."),
    "delivered": _("Delivered"),
    "read": _("Read"),
    "typing": _("{name} is typing"),
    "joined": _("{name} joined the conversation"),
    "transferred": _("We are asking a colleague to take over."),
    "waiting_notice": _("We are looking for a colleague for you."),
    "agent_ended": _("{name} ended the conversation"),
    "left_notice": _("You left the conversation"),
    "next": _("You are next in line"),
    "place": _("You are number {place} in line"),
    "wait": _("Expected wait: about {minutes} min"),
    "waiting": _("Waiting for somebody to join"),
    "nobody": _("Nobody is at work right now. Your message stays here and we will answer it; you need not wait."),
    "answer_later": _("Answer me later"),
    "left": _("We have your message and will answer it. You can close this page."),
    "optional": _("(optional)"),
    "name": _("Your name"),
    "email": _("Email"),
    "question": _("Your message"),
    "start": _("Start chat"),
    "leave": _("Leave message"),
    "closed": _("We are closed now"),
    "opens": _("Back {when}"),
    "closed_greeting": _("We are closed right now. Leave a message and we will answer you."),
    "no_connection": _("No connection. Please try again."),
    "reconnecting": _("Connection lost. Trying again…"),
    "went_wrong": _("Something went wrong. Please try again."),
    "end": _("End chat"),
    "end_sure": _("End this chat?"),
    "keep": _("Keep chatting"),
    "ended": _("This chat has ended."),
    "how_was_it": _("How did we do?"),
    "stars": _("{count} of 5 stars"),
    "comment": _("Anything to add?"),
    "rate": _("Send rating"),
    "thanks": _("Thank you!"),
    "transcript": _("Download transcript"),
    "new_chat": _("New chat"),
}


def texts() -> dict[str, str]:
    """In the language that is active now."""
    return {name: str(text) for name, text in TEXTS.items()}


def language_for(entry_point: EntryPoint, asked: str) -> str:
    """The closest to what was asked among the entry point's languages, else its first."""
    offered = entry_point.languages or [code for code, _name in settings.LANGUAGES]
    wanted = asked.lower().replace("_", "-")
    for candidate in (wanted, wanted.split("-")[0]):
        if candidate in offered:
            return candidate
    return offered[0]
