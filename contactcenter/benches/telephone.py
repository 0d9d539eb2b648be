"""Callers of a telephone number: Twilio's webhooks, signed and at random moments, beside a bare view asked the same."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from twilio.request_validator import RequestValidator

from contactcenter.benches import Figure, at_most, percentile
from interactions.models import EntryPoint, Number, Queue

PER_SECOND, SECONDS = 50, 20.0
WITHIN_MS = 200
WARM_UP = 20  # requests of each kind that do not count
NUMBER = "+3197010281234"
ACCOUNT, TOKEN = "AC" + "0" * 32, "bench"
ENVIRONMENT = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_BASE_URL": "http://127.0.0.1:9"}

type Ask = Callable[[int], Awaitable[None]]


def open_line() -> None:
    """A number whose callers wait in a line of their own, which nobody attends."""
    queue = Queue.objects.create(name="Telephone")
    entry_point = EntryPoint.objects.create(name="Telephone", key="telephone", channel="voice", queue=queue)
    Number.objects.create(number=NUMBER, calls=entry_point)


async def measure(webs: Sequence[Any], base: str, seconds: float | None) -> list[Figure]:
    """The bare view first, then the callers, for so many seconds each; the web processes take turns."""
    seconds = seconds or SECONDS
    bare = await _at_random_moments(_bare(webs), seconds)
    answers = await _at_random_moments(_ringing(webs, base), seconds)
    return [
        Figure(f"TwiML at {PER_SECOND}/s, p50", percentile(answers, 50), "ms", percentile(bare, 50)),
        at_most(f"TwiML at {PER_SECOND}/s, p99", percentile(answers, 99), "ms", target=WITHIN_MS),
        Figure(f"a bare view at {PER_SECOND}/s, p99", percentile(bare, 99), "ms"),
    ]


def _bare(webs: Sequence[Any]) -> Ask:
    async def ask(number: int) -> None:
        async with webs[number % len(webs)].get("/healthz") as response:
            assert response.status == 200
            await response.read()

    return ask


def _ringing(webs: Sequence[Any], base: str) -> Ask:
    path, validator = "/hooks/twilio/voice/", RequestValidator(TOKEN)

    async def ask(number: int) -> None:
        form = {"CallSid": f"CA{number:032}", "From": f"+316{number:08}", "To": NUMBER, "CallStatus": "ringing"}
        signed = {"X-Twilio-Signature": validator.compute_signature(base + path, form)}
        async with webs[number % len(webs)].post(path, data=form, headers=signed) as response:
            words = await response.text()
            assert response.status == 200, response.status
            assert "<Conference" in words, words

    return ask


async def _at_random_moments(ask: Ask, seconds: float) -> list[float]:
    """How long each took, in ms, from the moment it was due: who asks late is no excuse for who answers late."""
    for number in range(WARM_UP):
        await ask(number)
    dice, took = random.Random(PER_SECOND), []

    async def timed(number: int, due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        await ask(number)
        took.append(1000 * (time.perf_counter() - due))

    due = started = time.perf_counter()
    async with asyncio.TaskGroup() as asking:
        number = WARM_UP
        while (due := due + dice.expovariate(PER_SECOND)) < started + seconds:
            asking.create_task(timed(number, due))
            number += 1
    return took
