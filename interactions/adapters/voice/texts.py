"""Every word of a call that a customer sees, in their language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Promise] = {
    "call": _("Call us"),
    "call_why": _("Talk with us right here. Your browser asks whether this page may use your microphone."),
    "agree": _("The call may be recorded, so that we can go back to what was agreed."),
    "call_now": _("Call now"),
    "check": _("Check my microphone"),
    "cancel": _("Cancel"),
    "allow": _("Please allow the microphone where your browser asks for it."),
    "say": _("Say something: the bar should move."),
    "heard": _("We can hear you."),
    "level": _("How loud your microphone is"),
    "denied": _("Your browser does not let this page use the microphone. Allow it beside the address, or write to us."),
    "none": _("No microphone was found. Plug one in and try again, or write to us."),
    "busy": _("Another program is using the microphone. Close it and try again, or write to us."),
    "failed": _("The call could not begin. Please try again, or write to us."),
    "again": _("Try again"),
    "write": _("Write instead"),
    "connecting": _("Connecting…"),
    "in_line": _("You are in line. Somebody will answer soon."),
    "next": _("You are next in line"),
    "place": _("You are number {place} in line"),
    "wait": _("about {minutes} min"),
    "answering": _("{name} is answering"),
    "talking": _("You are talking with {name}"),
    "held": _("On hold. {name} will be back in a moment."),
    "lost": _("The connection is being restored. Please stay on the line."),
    "music": _("Music is playing"),
    "recorded": _("This call is being recorded"),
    "not_recorded": _("Not being recorded"),
    "mute": _("Mute"),
    "unmute": _("Unmute"),
    "muted": _("You are muted: nobody hears you."),
    "keypad": _("Keypad"),
    "hang_up": _("Hang up"),
    "to_chat": _("Go on in writing"),
    "elsewhere": _("The call is in another window."),
    "rejoin": _("Rejoin the call"),
    "over": _("The call is over."),
}

# What the conversation itself says of calls.
NOTICES: dict[str, Promise] = {
    "called": _("You called us"),
    "call_over": _("The call has ended. You can go on in writing."),
}


def texts() -> dict[str, str]:
    """In the language that is active now."""
    return {name: str(text) for name, text in TEXTS.items()}


def notices() -> dict[str, str]:
    return {name: str(text) for name, text in NOTICES.items()}
