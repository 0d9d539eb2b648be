"""Template tags of the house look: icons from the sprite, initials and a steady colour for a name."""

from datetime import datetime, timedelta
from zlib import crc32

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from contactcenter import links

register = template.Library()
HUES = 8
REL = "nofollow noopener noreferrer"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one symbol of static/icons.svg; decoration only, the words stand beside it."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.filter
def initials(name: object) -> str:
    """Shorten a name to at most two letters."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def hue(name: object) -> int:
    """Pick one of the avatar colours, always the same for the same name."""
    return crc32(str(name).encode()) % HUES + 1


@register.filter
def language(code: str) -> str:
    """The language's name in the reader's own; of one that Django does not know, the code."""
    try:
        return str(get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code


@register.simple_tag
def now_ms() -> int:
    """Tell the browser the server's time, so that clocks on screen count by ours."""
    return int(timezone.now().timestamp() * 1000)


@register.filter
def linked(text: str) -> SafeString:
    """Escape the text and turn addresses in it into links that leave the desk where it is."""
    html = links.linked(text, nofollow=True, autoescape=True)
    return mark_safe(html.replace("<a href", '<a target="_blank" href').replace('rel="nofollow"', f'rel="{REL}"'))


@register.filter
def ms(duration: timedelta) -> int:
    """Whole milliseconds, for the clocks on screen."""
    return int(duration.total_seconds() * 1000)


@register.filter
def clock(time: timedelta | datetime) -> str:
    """A duration, or the time gone by since a moment, as <wait-clock> writes it."""
    seconds = max(0, int((time if isinstance(time, timedelta) else timezone.now() - time).total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    if hours < 1:
        return f"{minutes}:{seconds % 60:02}"
    return f"{hours} h {minutes % 60:02}" if hours < 48 else f"{hours // 24} d"


@register.filter
def percent(share: float) -> int:
    """Whole per cent, never rounded up: 79.9 is not yet the 80 that was promised."""
    return int(share * 100 + 1e-9)


@register.filter
def ms_left(moment: datetime) -> int:
    """Milliseconds from now until then, 0 when past."""
    return max(0, ms(moment - timezone.now()))
