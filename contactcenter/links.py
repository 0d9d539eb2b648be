"""Addresses in a text as links."""

from django.utils.html import Urlizer


class Links(Urlizer):
    """Django's, which tries every word with a full stop as an address of mail. What it catches is an error that names
    itself, and with it all that led to it, the request included, until the garbage collector comes by."""

    @staticmethod
    def is_email_simple(value: str) -> bool:
        return "@" in value and Urlizer.is_email_simple(value)


linked = Links()
