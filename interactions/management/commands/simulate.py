"""`manage.py simulate`: one queue in virtual time, served by the router's own pool and match."""

import json
import math
import random
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from interactions.virtual.steady import Traffic, simulate

TELL_AFTER = 2.0  # seconds; shorter runs say nothing on their way
LONGEST = 1e9  # of anything given: what is more is a slip of the hand
MOST_AGENTS = 100_000


class Command(BaseCommand):
    help = (
        "Simulate one queue with equal agents: calls at random, exponential handling times and patience. "
        "Without patience the model of Erlang C, with it that of Erlang A."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--arrivals-per-hour", type=positive, required=True)
        parser.add_argument("--aht", type=positive, required=True, help="handling time with wrap-up, in seconds")
        parser.add_argument("--agents", type=people, required=True)
        parser.add_argument("--target", type=not_negative, default=20, help="answer within, in seconds (default 20)")
        parser.add_argument(
            "--patience", type=patience, default=None, help="mean, in seconds, or none: everybody waits (default)"
        )
        parser.add_argument("--hours", type=positive, default=400, help="that count; a warm-up comes before them")
        parser.add_argument("--answer-after", type=not_negative, default=0, help="seconds that each offer rings")
        parser.add_argument("--seed", type=int, help="the same calls again")
        parser.add_argument("--json", action="store_true", help="print JSON, rates 0-1")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("arrivals_per_hour", "aht", "agents", "target", "patience", "hours", "answer_after")
        traffic = Traffic(**{name: options[name] for name in names})
        seed = options["seed"] if options["seed"] is not None else random.SystemRandom().randrange(2**32)
        if not traffic.stable:
            self.stderr.write(
                _(
                    "Warning: %(load).1f agents' worth of work for %(agents)d agents, and nobody gives up: "
                    "the line grows without end, and these figures with it."
                )
                % {"load": traffic.load, "agents": traffic.agents}
            )
        started = time.monotonic()
        figures = simulate(traffic, seed, self.teller(started))
        if not figures["offered"]:
            raise CommandError(_("Nobody came in so short a time: simulate more hours."))
        if options["json"]:
            self.stdout.write(json.dumps(figures))
        else:
            self.stdout.write(as_table(figures, traffic, seed, time.monotonic() - started))

    def teller(self, started: float) -> Callable[[float], None]:
        """Says about once a second how far a long run is, where it does not mix with the figures."""
        told = started + TELL_AFTER - 1

        def tell(share: float) -> None:
            nonlocal told
            now = time.monotonic()
            if share and now >= told + 1:
                told = now
                left = (now - started) * (1 - share) / share
                self.stderr.write(_("%(share)3d %% done, about %(left)d s left") % {"share": 100 * share, "left": left})

        return tell


def as_table(figures: dict[str, Any], traffic: Traffic, seed: int, took: float) -> str:
    percent, seconds = "{:.1%}".format, "{:.1f} s".format
    rows = [
        (_("offered"), f"{figures['offered']:,}"),
        (_("answered"), f"{figures['answered']:,}"),
        (_("abandoned"), f"{figures['abandoned']:,} ({percent(figures['abandon_rate'])})"),
        (_("answered within %g s") % traffic.target, shown(figures["service_level"], percent)),
        (_("average wait until answered"), shown(figures["asa_s"], seconds)),
        (_("average handling time"), shown(figures["aht_s"], seconds)),
        (_("occupancy"), percent(figures["occupancy"])),
    ]
    width = max(len(name) for name, _value in rows)
    hours, warm_up = traffic.hours, traffic.warm_up.total_seconds() / 3600
    how = _("%(hours)g hours, after %(warm_up).1f hours of warm-up that do not count; seed %(seed)d; took %(took).1f s")
    return "\n".join(
        [f"{name:<{width}}  {value}" for name, value in rows]
        + ["", how % {"hours": hours, "warm_up": warm_up, "seed": seed, "took": took}]
    )


def shown(figure: float | None, form: Callable[[float], str]) -> str:
    return "–" if figure is None else form(figure)


def number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise ArgumentTypeError(_("“%s” is no number") % text) from None
    if not math.isfinite(found) or found > LONGEST:
        raise ArgumentTypeError(_("%s is more than can be simulated") % text)
    return found


def not_negative(text: str) -> float:
    if (found := number(text)) < 0:
        raise ArgumentTypeError(_("%s: 0 or more is needed") % text)
    return found


def positive(text: str) -> float:
    if (found := number(text)) <= 0:
        raise ArgumentTypeError(_("%s: more than 0 is needed") % text)
    return found


def people(text: str) -> int:
    found = positive(text)
    if not found.is_integer() or found > MOST_AGENTS:
        raise ArgumentTypeError(
            _("%(text)s: a whole number up to %(most)d is needed") % {"text": text, "most": MOST_AGENTS}
        )
    return int(found)


def patience(text: str) -> float | None:
    return None if text.lower() == "none" else positive(text)
