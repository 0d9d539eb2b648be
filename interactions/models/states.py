from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")  # to offered, active (taken back), abandoned
    OFFERED = "offered", _("Ringing")  # to active, queued, abandoned
    ACTIVE = "active", _("With an agent")  # to wrap-up, queued (transfer, return), parked
    PARKED = "parked", _("Parked")  # to queued (woken), wrap-up
    WRAP_UP = "wrap_up", _("Wrapping up")  # to closed
    CLOSED = "closed", _("Closed")  # to queued (the customer goes on by mail)
    ABANDONED = "abandoned", _("Abandoned")  # to queued (the customer came back)
    SPAM = "spam", _("Spam")  # to queued, when it was none
    SET_ASIDE = (
        "set_aside",
        _("Set aside"),
    )  # nobody could take it in its time, or it could not be read; to queued, closed


OPEN = [State.QUEUED, State.OFFERED, State.ACTIVE, State.PARKED]
