"""What may be written to somebody on WhatsApp who has not written to us for a day: texts that WhatsApp has approved."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

VARIABLE = re.compile(r"\{\{\s*(\w{1,30})\s*\}\}")
LONGEST_VALUE = 200


class WhatsAppTemplate(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    content_sid = models.CharField(
        "ContentSid",
        max_length=34,
        unique=True,
        validators=[RegexValidator(r"^HX[0-9a-fA-F]{32}$", _("It is HX and 32 digits, as Twilio shows it."))],
    )
    body = models.TextField(
        _("text"), max_length=1024, help_text=_("As it was approved, with its variables: Hello {{1}}, …")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("WhatsApp template")
        verbose_name_plural = _("WhatsApp templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def variables(self) -> list[str]:
        """Their names, each once, as they first come."""
        return list(dict.fromkeys(VARIABLE.findall(self.body)))

    def filled(self, values: dict[str, str]) -> str:
        """The text the customer reads; ValidationError where a value is missing or cannot be sent."""
        for name in self.variables:
            value = values.get(name, "").strip()
            if not value:
                raise ValidationError(_t("Fill in every blank of the template."))
            if len(value) > LONGEST_VALUE or not value.isprintable():
                raise ValidationError(_t("What fills a blank is one short line."))
        return VARIABLE.sub(lambda found: values[found[1]].strip(), self.body)
