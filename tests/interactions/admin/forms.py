"""What a browser sends for the admin's forms."""

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
    data |= {"abandoned_after": 300} | rows("skills") | rows("memberships") | changes
    for inline in inlines:
        data |= inline
    return data
