"""Why something happened by itself: kept in the ledgers in these words, shown in the viewer's language."""

from django.utils.translation import gettext, gettext_noop

REASONS = frozenset(
    {
        gettext_noop("It could not be sent because of an error of our own; it is tried again."),
        gettext_noop("No mail server to send by is set (MAIL_URL); it waits until there is one."),
        gettext_noop("Too much mail to this address lately; it waits."),
        gettext_noop("a bounce of no mail of ours"),
        gettext_noop("agent not ready any more"),
        gettext_noop("agent's desk is gone"),
        gettext_noop("by itself"),
        gettext_noop("by the customer"),
        gettext_noop("closed for an emergency"),
        gettext_noop("completed by a supervisor"),
        gettext_noop("desk opened"),
        gettext_noop("goes on by other means"),
        gettext_noop("handed over on the line"),
        gettext_noop("inactive"),
        gettext_noop("it could not be read"),
        gettext_noop("it was tried too often"),
        gettext_noop("it was time"),
        gettext_noop("last desk closed"),
        gettext_noop("last work finished"),
        gettext_noop("left alone for a while"),
        gettext_noop("left alone long enough"),
        gettext_noop("it did not arrive"),
        gettext_noop("marked by the mail server"),
        gettext_noop("missed too many offers in a row"),
        gettext_noop("next status cancelled"),
        gettext_noop("no desk open"),
        gettext_noop("nobody is at work"),
        gettext_noop("nobody took it in its time"),
        gettext_noop("our own mail came back"),
        gettext_noop("read at last"),
        gettext_noop("somebody else has it"),
        gettext_noop("taken up again"),
        gettext_noop("the agent's page is gone"),
        gettext_noop("the customer left"),
        gettext_noop("the customer wrote"),
        gettext_noop("the customer wrote again"),
        gettext_noop("the customer's page is gone"),
        gettext_noop("the line is full"),
        gettext_noop("the queue is closed"),
        gettext_noop("the same mail has come before"),
        gettext_noop("time was up"),
        gettext_noop("waited too long"),
    }
)


def shown(why: str) -> str:
    """One of ours is translated; what a person wrote stays as it is."""
    return gettext(why) if why in REASONS else why
