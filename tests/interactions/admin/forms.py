"""What a browser sends for the admin's forms."""

from typing import Any

from django.urls import reverse


def address(obj, what: str = "change") -> str:
    kind = obj._meta.model_name
    if what in ("change", "delete"):
        return reverse(f"admin:{obj._meta.app_label}_{kind}_{what}", args=[obj.pk])
    return reverse(f"admin:{obj._meta.app_label}_{kind}_{what}")


def rows(prefix: str, *given: dict, initial: int = 0) -> dict[str, object]:
    """The fields of one inline."""
    data: dict[str, object] = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def queue_form(*inlines: dict, **changes: object) -> dict[str, object]:
    data = {"name": "Support", "priority": 0, "answer_share": 80, "answer_within": 20}
    data |= {"excluded_for": 60, "miss_limit": 2, "overflow_after": 60, "wrap_up_within": 60, "return_after": 60}
    data |= {"abandoned_after": 300, "ordering": "aging", "point_counts": 60, "strategy": "longest_idle"}
    data |= {"prefer_within": 0, "transfer_place": "arrival", "overflow_action": "message", "no_agent_action": "wait"}
    data |= {"wrap_up_mode": "timed", "wrap_up_extensions": 2, "wrap_up_extend_by": 60, "recordings_kept": 90}
    data |= {"reply_within": 28800}
    data |= rows("skills") | rows("memberships") | rows("steps") | rows("offer_rules") | changes
    for inline in inlines:
        data |= inline
    return data


def fields(client: Any, url: str) -> dict[str, Any]:
    """All that the forms of this page would send, untouched."""
    context = client.get(url).context
    data: dict[str, Any] = {}
    for form in [context["adminform"].form, *_inline_forms(context)]:
        for field in form:
            if (value := field.field.prepare_value(field.value())) is not None and value is not False:
                data[field.html_name] = "on" if value is True else value
    return data


def _inline_forms(context: Any) -> list[Any]:
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    return [form for formset in formsets for form in (formset.management_form, *formset.initial_forms)]


def more(data: dict[str, Any], prefix: str, **row: Any) -> dict[str, Any]:
    """The same page with one more row in this inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    added = {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data | added | {f"{prefix}-TOTAL_FORMS": number + 1}


def errors(response: Any) -> list[str]:
    """Why a page was refused."""
    assert response.status_code == 200, response.status_code
    return [str(text) for error in response.context["errors"] for text in [error]]
