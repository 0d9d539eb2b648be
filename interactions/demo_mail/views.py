"""The page at /demo/mail/: what was sent to people outside, to be read and answered in their place."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from interactions.demo_mail import answers, kept
from interactions.demo_mail.forms import NewMail, Words

type View = Callable[..., HttpResponse]


def under_demo(view: View) -> View:
    """Nowhere else is there such a page."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO_MAIL_DIR:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@under_demo
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All of them; asked again by an open page, only whether there are new ones."""
    newest = kept.newest_key()
    if request.headers.get("HX-Request-Type") == "partial":
        if request.GET.get("newest") == newest:
            return HttpResponse(status=204)
        return render(request, "demo/mail.html#list", _listed(request.GET.get("open", "")))
    return render(request, "demo/mail.html", _listed())


@under_demo
@never_cache
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, and what is answered to it."""
    one = _found(key)
    form = Words(request.POST or None, request.FILES or None)
    trouble = ""
    if request.method == "POST" and form.is_valid():
        try:
            answers.answer(one, form.cleaned_data["text"], form.cleaned_data["file"])
        except OSError as error:
            trouble = _("It could not be handed over: %s") % error
        else:
            return redirect(f"{request.path}?answered=1")
    context = {"one": one, "form": form, "trouble": trouble, "answered": "answered" in request.GET}
    status = 422 if trouble or form.errors else 200
    return render(request, "demo/mail.html", _listed(key) | context, status=status)


@under_demo
@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A mail of somebody's own."""
    form = NewMail(request.POST or None, request.FILES or None)
    trouble = ""
    if request.method == "POST" and form.is_valid():
        try:
            key = answers.begin(form.cleaned_data)
        except OSError as error:
            trouble = _("It could not be handed over: %s") % error
        else:
            return redirect("demo-mail-one", key)
    status = 422 if trouble or form.errors else 200
    return render(request, "demo/mail.html", _listed() | {"new": form, "trouble": trouble}, status=status)


@under_demo
@require_GET
def file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One of its files, to be saved; never shown."""
    files = _found(key).mail.attachments
    if number >= len(files):
        raise Http404
    response = HttpResponse(files[number].content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = 'attachment; filename="file"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _listed(opened: str = "") -> dict[str, Any]:
    return {"mails": kept.newest(), "opened": opened, "newest": kept.newest_key()}


def _found(key: str) -> kept.Kept:
    one = kept.find(key)
    if one is None:
        raise Http404
    return one
