"""A mail as it came: to be looked at in a frame that can do nothing, or saved byte for byte."""

import base64
import re
from contextlib import suppress
from html import unescape

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from agents.access import AgentRequest, agent_required
from interactions.adapters.email.folds import folded, folded_text
from interactions.models import Attachment, Email, Interaction, RawMail
from interactions.previews import NoPreview, Size, preview

MOST_INLINE = 50
INLINE_BYTES = 8 * 1024 * 1024  # of the pictures that came with a mail and are shown within it
OWN_PICTURE = re.compile(r'src="cid:([^"]{1,1000})"')
REMOTE_PICTURE = re.compile(r'(<img [^<>]*?)data-remote="')
COLOURED = re.compile(
    r"bgcolor=|background-color:|[\"; ]color:", re.I
)  # made for white paper, which it is then shown on
# The sandbox here holds also where somebody opens the address by itself, without our frame.
POLICY = (
    "default-src 'none'; img-src data:{remote}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@agent_required
@never_cache
@require_GET
@xframe_options_sameorigin
def show(request: AgentRequest, pk: int) -> HttpResponse:
    """The whole mail; pictures of other servers only with `?pictures=1`, and without saying who looks."""
    email = _find(request, pk)
    remote = request.GET.get("pictures") == "1"
    html = _with_own_pictures(email)
    if remote:
        html = REMOTE_PICTURE.sub(r'\1src="', html)
    label = escape(_("What it answers"))
    # What is stored is what the sanitiser left; the policy below is the second wall.
    body = folded(html, label) if html else folded_text(escape(email.text).replace("&gt;", ">"), label)
    context = {"body": mark_safe(body), "plain": not html, "coloured": bool(COLOURED.search(html))}
    page = render_to_string("desk/mail_frame.html", context)
    response = HttpResponse(page)
    response["Content-Security-Policy"] = POLICY.format(remote=" https: http:" if remote else "")
    response["Referrer-Policy"] = "no-referrer"
    return response


@agent_required
@never_cache
@require_GET
def source(request: AgentRequest, pk: int) -> HttpResponse:
    """Its bytes, to be saved; never shown."""
    email = _find(request, pk)
    if email.raw is None:
        raise Http404
    return as_download(email.raw)


def as_download(mail: RawMail) -> HttpResponse:
    response = HttpResponse(bytes(mail.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _find(request: AgentRequest, pk: int) -> Email:
    visible = Interaction.objects.visible_to(request.user)
    return get_object_or_404(Email, line=pk, line__interaction__in=visible)


def _with_own_pictures(email: Email) -> str:
    """Those it brought along, written into it: its frame has no session to fetch them with."""
    named = {unescape(name) for name in OWN_PICTURE.findall(email.html)}
    if not named:
        return email.html
    data, left = {}, INLINE_BYTES
    for file in Attachment.objects.filter(message=email.pk, content_id__in=named).order_by("pk")[:MOST_INLINE]:
        with suppress(NoPreview):  # the text is there without it
            made = preview(file, Size.SHOWN)
            left -= len(made)
            if left > 0:
                data[file.content_id] = f"data:image/webp;base64,{base64.b64encode(made).decode()}"
    return OWN_PICTURE.sub(lambda match: f'src="{data.get(unescape(match[1]), "")}"', email.html)
