"""What somebody outside writes: an answer, or a mail of their own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.models import Mailbox


class Words(forms.Form):
    text = forms.CharField(
        label=_("Your answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 4, "class": "input"})
    )
    file = forms.FileField(label=_("A file"), required=False)


class NewMail(Words):
    name = forms.CharField(label=_("Your name"), max_length=80, initial="Lee Wong")
    address = forms.EmailField(label=_("Your address"), initial="lee@example.org")
    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Your mail"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8, "class": "input"})
    )

    field_order = ["name", "address", "to", "subject", "text", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Mailbox.objects.filter(active=True).values_list("address", flat=True)
        self.fields["to"].choices = [(one, one) for one in ours]  # type: ignore[attr-defined]
        for name in ("name", "address", "to", "subject"):
            self.fields[name].widget.attrs["class"] = "input"
