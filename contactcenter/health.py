"""Is this process alive, and can the house take work? For load balancers, systemd and `make demo`."""

import logging
from functools import cache

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from interactions.routing import ROUTER_IS_ACTIVE

log = logging.getLogger(__name__)
ANSWER_WITHIN = 2  # seconds


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"alive": True})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Everything that work needs is there, each named; 503 if one is missing."""
    checks = {"database": False, "migrations": False, "router": False, "valkey": _valkey_answers()}
    try:
        # A connection of its own: with the database gone, the pool would keep the question waiting.
        with _database() as database:
            checks |= {"database": True, "router": _router_works(database), "migrations": _migrated(database)}
    except psycopg.Error as error:
        log.warning("no database", extra={"error": str(error)})
    fine = all(checks.values())
    answer = JsonResponse({"ready": fine, "checks": checks}, status=200 if fine else 503)
    # Whoever waits for us asks often; that is no error of ours to log each time.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _database() -> psycopg.Connection:
    parameters = connection.get_connection_params()
    wanted = {key: parameters[key] for key in ["host", "port", "user", "password", "dbname"] if parameters.get(key)}
    return psycopg.connect(**wanted, connect_timeout=ANSWER_WITHIN, autocommit=True)


def _router_works(database: psycopg.Connection) -> bool:
    return _one(database, f"select {ROUTER_IS_ACTIVE}")


def _migrated(database: psycopg.Connection) -> bool:
    if not _one(database, "select to_regclass('django_migrations') is not null"):
        return False
    return _migrations() <= set(database.execute("select app, name from django_migrations").fetchall())


@cache
def _migrations() -> set[tuple[str, str]]:
    """Those that this version of the program brings."""
    return set(MigrationLoader(None).disk_migrations)


def _one(database: psycopg.Connection, sql: str, values: dict[str, int] | None = None) -> bool:
    row = database.execute(sql, values).fetchone()
    return bool(row and row[0])


def _valkey_answers() -> bool:
    limits = {"socket_connect_timeout": ANSWER_WITHIN, "socket_timeout": ANSWER_WITHIN}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **limits) as valkey:
            return bool(valkey.ping())
    except redis.RedisError as error:
        log.warning("no Valkey", extra={"error": str(error)})
        return False
