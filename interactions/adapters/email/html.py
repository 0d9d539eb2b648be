"""HTML from strangers, made inert: it can be looked at, and nothing more."""

import re
from urllib.parse import unquote

import nh3

from interactions.adapters.email.tame import KEPT, tamed

# Looks only: nothing that moves a thing over another or fetches anything.
PROPERTY = re.compile(
    r"(?:color|background-color|font-weight|font-style|text-align|text-decoration|vertical-align|white-space"
    r"|font-size|width|height|padding(?:-[a-z]+)?|border(?:-[a-z]+)?)"
)
PLAIN_VALUE = re.compile(r"(?!.*(?:url|expression|image|attr|var|env)\s*\()[\w\s#%.,()-]{1,80}", re.I)
REMOTE = re.compile(r"https?://[^\s\"'<>]{1,4000}", re.I)
LAYOUT = {"width", "height", "align", "valign", "colspan", "rowspan", "border", "cellpadding", "cellspacing"}
SMALL_NUMBER = re.compile(r"\d{1,4}%?")
ALLOWED = {
    "*": {"dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "data-remote"},
    "hr": {"class"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "tr": {"valign", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "valign", "bgcolor"},
}
STYLED = ("div", "p", "span", "td", "th", "tr", "table", "li", "ul", "ol", "blockquote", "a", "img", "h1", "h2", "h3")
FRAGMENT = re.compile(r"<img ([^>]*)>")


def sanitised(html: str) -> str:
    """Safe to show in a sandboxed frame. Ask `too_large` first: it takes time with the size.

    Pictures that came with the mail keep `src="cid:…"`. Those of other servers have `data-remote="https://…"` in place
    of a source: nothing is fetched until somebody asks for it.
    """
    return nh3.clean(
        FRAGMENT.sub(_without_remote_source, tamed(html)),
        tags=KEPT - {"font", "big"},
        clean_content_tags={"script", "style", "title"},
        attributes=ALLOWED | {tag: ALLOWED.get(tag, set()) | {"style"} for tag in STYLED},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        link_rel="noopener nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def from_text(text: str) -> str:
    """A plain text as HTML, for a mail of which only some parts are formatted."""
    return "<div>" + nh3.clean_text(text).replace("&#10;", "<br>").replace("\n", "<br>") + "</div>"


def _without_remote_source(match: re.Match[str]) -> str:
    return re.sub(r'(?<![\w-])src="(?=\s*https?:)', 'data-remote="', match[0])


def _attribute(tag: str, name: str, value: str) -> str | None:
    value = value.strip()
    if name == "style":
        return _style(value)
    if name in LAYOUT:
        return value if SMALL_NUMBER.fullmatch(value) or value.isalpha() else None
    if name in ("bgcolor", "start", "type", "dir", "lang"):
        return value if re.fullmatch(r"[#\w-]{1,20}", value) else None
    if name == "class":
        return value if value == "quoted" else None
    if name == "data-remote":
        return value if REMOTE.fullmatch(value) else None
    if name == "src":
        return "cid:" + unquote(value[4:]).strip("<> ") if value[:4].lower() == "cid:" else None
    if name == "href" and value[:4].lower() == "cid:":
        return None
    return value


def _style(value: str) -> str | None:
    kept = []
    for declaration in value[:2000].split(";"):
        name, _colon, given = declaration.partition(":")
        name, given = name.strip().lower(), given.strip()
        if PROPERTY.fullmatch(name) and PLAIN_VALUE.fullmatch(given):
            kept.append(f"{name}:{given}")
    return ";".join(kept) or None
