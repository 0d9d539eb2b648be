from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agents import guesses


class SignInForm(AuthenticationForm):
    """Signing in, with guesses counted; too many get the same answer whether the account exists or not."""

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username", "")
        address = guesses.address_of(self.request) if self.request else ""
        if not guesses.may_guess(username, address):
            raise ValidationError(_("Too many tries. Wait a quarter of an hour and try again."), code="throttled")
        cleaned = super().clean()
        guesses.was_right(username, address)
        return cleaned
