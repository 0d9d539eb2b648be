"""The form of a queue: refuses, beside the field it is about and in plain words, what could not work."""

from typing import Any

from django import forms

from interactions.models import Queue
from interactions.rules.check import circle_from, overflow_circle, queue_refusals
from interactions.rules.shape import QUEUE, plain
from interactions.rules.snapshot import fields_of


class QueueForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = fields_of(QUEUE, self.instance) | {name: plain(value) for name, value in cleaned.items()}
        for field, text in queue_refusals({"overflow_to": self.instance.overflow_to_id} | said):
            if field in cleaned:
                self.add_error(field, text)
        if cleaned.get("overflow_to") and self.instance.pk:
            self._refuse_circles(cleaned["overflow_to"])
        return cleaned

    def _refuse_circles(self, overflow_to: Queue) -> None:
        me = Queue.objects.values_list("name", flat=True).get(pk=self.instance.pk)
        leads_to = dict(Queue.objects.exclude(overflow_to=None).values_list("name", "overflow_to__name"))
        if circle := circle_from(me, {**leads_to, me: overflow_to.name}):
            self.add_error("overflow_to", overflow_circle(circle))
