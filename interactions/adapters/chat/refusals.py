"""What a visitor's page is told when something can not be done: a code for the page, a sentence for the person."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REFUSALS: dict[str, tuple[int, "StrOrPromise"]] = {
    "bad_json": (400, _("That could not be read.")),
    "binary": (400, _("Only text is understood here.")),
    "unknown_type": (400, _("That is not understood here.")),
    "invalid": (400, _("Something in that is not as it should be.")),
    "email": (400, _("That is not an email address.")),
    "empty": (400, _("There is nothing in it to send.")),
    "too_long": (400, _("This text is too long.")),
    "files": (400, _("These files can not be sent.")),
    "token": (401, _("This chat is not known any more. Please start again.")),
    "origin": (403, _("This site may not use this chat.")),
    "signature": (403, _("Who you are could not be confirmed.")),
    "unknown_entry": (404, _("There is no chat at this address.")),
    "unknown_file": (404, _("There is no such file.")),
    "closed": (409, _("This conversation has ended.")),
    "closed_hours": (409, _("We are closed now. You can leave a message.")),
    "no_calls": (409, _("Calls are not answered here. Please write to us.")),
    "rated": (409, _("That can not be rated now.")),
    "flood": (429, _("That was too much at once. Please wait a moment.")),
    "server": (500, _("Something went wrong on our side. Please try again.")),
}


class Refusal(Exception):
    """A visitor's request that is not carried out."""

    def __init__(self, code: str, text: "StrOrPromise" = "") -> None:
        super().__init__(code)
        self.code = code
        self.status, sentence = REFUSALS[code]
        self.text = text or sentence

    def as_data(self) -> dict[str, Any]:
        return {"code": self.code, "text": str(self.text)}
