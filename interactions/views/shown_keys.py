"""The keys of the desk, as its help lists them."""

from django.utils.translation import gettext


def shown_keys() -> list[tuple[list[str], str]]:
    """What `?` lists; the controls themselves carry the same keys."""
    return [
        (["A"], gettext("Accept the offer")),
        (["D"], gettext("Decline the offer")),
        (["J"], gettext("Next conversation")),
        (["K"], gettext("Previous conversation")),
        (["R"], gettext("Reply")),
        (["Shift", "R"], gettext("Reply to all, of a mail")),
        (["Shift", "F"], gettext("Forward a mail")),
        (["O"], gettext("Recipients of a mail")),
        (["M"], gettext("New mail")),
        (["N"], gettext("Internal note")),
        (["/"], gettext("Canned replies")),
        (["F"], gettext("Attach files")),
        (["Enter"], gettext("Send")),
        (["Ctrl", "Enter"], gettext("Send a mail")),
        (["Ctrl", "Shift", "Enter"], gettext("Send a mail and end")),
        (["U"], gettext("Take a mail back while it waits")),
        (["Shift", "Enter"], gettext("New line")),
        (["Esc"], gettext("Leave the text box")),
        (["T"], gettext("Transfer")),
        (["P"], gettext("Park, or resume")),
        (["E", "E"], gettext("End the conversation")),
        (["1", "…", "9"], gettext("Choose a disposition")),
        (["W"], gettext("Wrap up afterwards, or finish the wrap-up")),
        (["X"], gettext("More time for the wrap-up")),
        (["Y"], gettext("Answer a call, or rejoin it")),
        (["M"], gettext("Mute your microphone")),
        (["H"], gettext("Hold the customer, or take them back")),
        (["L"], gettext("Ask a colleague on the line")),
        (["B"], gettext("Bring all together")),
        (["O"], gettext("Hand the call over")),
        (["U"], gettext("Pause the recording, or go on")),
        (["G"], gettext("Keypad; its digits, * and # while it is open")),
        (["Q", "Q"], gettext("Hang up")),
        (["V"], gettext("Your phone: check it, choose its devices")),
        (["S"], gettext("Status")),
        (["C"], gettext("Note about the customer")),
        (["?"], gettext("This list")),
    ]
