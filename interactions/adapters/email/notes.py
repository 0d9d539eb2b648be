"""What was cut or broken in a mail: a code that is kept with it, and a sentence for the person who reads it."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOTES: dict[str, "StrOrPromise"] = {
    "unreadable": _("This mail could not be read. Its source can be downloaded."),
    "too_large": _("This mail is too large to be shown. Its source can be downloaded."),
    "too_many_parts": _("This mail has more parts than are shown. Its source can be downloaded."),
    "too_deep": _("Parts of this mail lie too deep in one another to be shown. Its source can be downloaded."),
    "text_cut": _("This text was too long and has been cut. The mail's source can be downloaded."),
    "html_left_out": _("The formatted text of this mail is too large to be shown."),
    "header_cut": _("A header of this mail was too long and has been cut."),
    "no_sender": _("This mail does not say who sent it."),
    "bad_sender": _("The sender's address of this mail is not a valid one."),
    "bad_date": _("The date of this mail could not be read."),
    "no_message_id": _("This mail has no Message-ID."),
    "bad_structure": _("This mail is not put together as it should be."),
    "bad_encoding": _("A part of this mail is damaged."),
    "bad_charset": _("The character set of this mail had to be guessed."),
    "bad_winmail": _("An attached winmail.dat could not be unpacked."),
    "encrypted": _("This mail is encrypted. Its contents can only be read with the receiver's key."),
}
