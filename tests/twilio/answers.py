"""How the simulator's API answers, and for whose account."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interactions.demo_phone.account import ACCOUNT, KEY, SECRET, TOKEN

__all__ = ["ACCOUNT", "KEY", "SECRET", "TOKEN"]
PUBLIC = "https://desk.example"
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"

type Form = dict[str, str]
type Asked = dict[str, list[str]]


@dataclass(frozen=True)
class Answer:
    """What goes back; `lost`: it was done, and the caller never hears of it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


type Verb = Callable[..., Answer]


def told(status: int, what: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(what).encode(), {"Content-Type": "application/json"})


def listed(name: str, found: list[dict[str, Any]]) -> Answer:
    page = {"page": 0, "page_size": 50, "next_page_uri": None, "uri": f"{ROOT}/"}
    return told(200, page | {name: found})


def refused(status: int, code: int, message: str) -> Answer:
    return told(status, {"code": code, "message": message, "status": status})
