"""Would Twilio take this request? Asked of Twilio's own description, with openapi-core and what that cannot check.

Prism was not chosen: it loses all but the last of a list's values and cannot refuse a field that Twilio does not have.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

DESCRIPTION = Path(__file__).parents[2] / "var" / "twilio" / "cli-core-8.3.2-api_v2010.json"
USED = re.compile(r"/(Messages|Calls|Conferences|Recordings|Media|Participants)\b")
FORM = "application/x-www-form-urlencoded"


class Request:
    """One request as openapi-core wants to see it."""

    host_url = "https://api.twilio.com"

    def __init__(self, method: str, path: str, body: str, headers: dict[str, str]) -> None:
        parts = urlsplit(path)
        self.method, self.path, self.body = method.lower(), parts.path, body.encode()
        self.content_type = headers.get("Content-Type", FORM).partition(";")[0]
        query = ImmutableMultiDict(parse_qsl(parts.query))
        self.parameters = RequestParameters(query=query, header=Headers(list(headers.items())))


class Contract:
    """Called with a request, it answers with what is wrong with it, or nothing."""

    def __init__(self) -> None:
        described = json.loads(DESCRIPTION.read_text())
        self.paths = {path: item for path, item in described["paths"].items() if USED.search(path)}
        self.api = OpenAPI.from_dict(described | {"paths": self.paths})
        self.items = [(_pattern(path), item) for path, item in self.paths.items()]

    def __call__(self, method: str, path: str, body: str, headers: dict[str, str]) -> str:
        try:
            self.api.validate_request(Request(method, path, body, headers))
        except Exception as error:
            return f"{method} {path}: {error.__cause__ or error!r}"
        return self._lint(method.lower(), urlsplit(path).path, body)

    def _lint(self, method: str, path: str, body: str) -> str:
        item = next(item for pattern, item in self.items if pattern.fullmatch(path))
        content = item[method].get("requestBody", {}).get("content", {}).get(FORM, {})
        fields: dict[str, Any] = content.get("schema", {}).get("properties", {})
        form = parse_qs(body, keep_blank_values=True)
        for name, values in form.items():
            if name not in fields:
                return f"unknown field {name}"
            for value in values:
                if wrong := _wrong(name, value, fields[name]):
                    return wrong
        operation = item[method].get("operationId")
        if operation == "CreateCall" and not form.keys() & {"Url", "Twiml", "ApplicationSid"}:
            return "a call without instructions"
        if operation == "CreateMessage":
            if not form.keys() & {"Body", "MediaUrl", "ContentSid"}:
                return "a message without content"
            if not form.keys() & {"From", "MessagingServiceSid"}:
                return "a message without a sender"
        if form.get("Coaching") == ["true"] and "CallSidToCoach" not in form:
            return "nobody to coach"
        return ""


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _wrong(name: str, value: str, field: dict[str, Any]) -> str:
    if field.get("type") == "boolean" and value not in ("true", "false"):
        return f"{name} is no boolean: {value}"
    if "uri" in (field.get("format"), field.get("items", {}).get("format")) and not re.match(
        r"https?://[^\s/]+", value
    ):
        return f"{name} is no address: {value}"
    if name.endswith("Event"):  # the names it takes stand in its description alone
        known = set(re.findall(r"`([a-z-]+)`", field["description"].rpartition("Can be:")[2]))
        if unknown := set(value.split()) - known:
            return f"{name} has no {unknown}"
    return ""


@lru_cache
def contract() -> Contract:
    return Contract()
