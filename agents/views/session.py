"""Signing in and out: guesses are slowed down, and leaving closes every screen that was open."""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.forms import SignInForm

sign_in = LoginView.as_view(authentication_form=SignInForm, redirect_authenticated_user=True)


@require_POST
def sign_out(request: Any) -> HttpResponse:
    person = request.user
    if person.is_authenticated:
        logout(request)  # before the screens close: one that is quick to return must not find the session still there
        person.reconnect_screens()
    return redirect("login")
