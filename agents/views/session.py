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
    if request.user.is_authenticated:
        request.user.reconnect_screens()
        logout(request)
    return redirect("login")
