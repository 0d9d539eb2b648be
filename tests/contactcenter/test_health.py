import psycopg
import pytest
from django.db import connection

from interactions.routing import ROUTER_LOCK


@pytest.fixture
def router():
    """Somebody holding the router's lock."""
    wanted = ["host", "port", "user", "password", "dbname"]
    parameters = {key: value for key, value in connection.get_connection_params().items() if key in wanted}
    with psycopg.connect(**parameters, autocommit=True) as holder:
        holder.execute("select pg_advisory_lock(%s)", [ROUTER_LOCK])
        yield holder


def test_alive_asks_nobody_else(client):
    assert client.get("/healthz").json() == {"alive": True}


@pytest.mark.django_db
def test_ready_when_all_is_there(client, router):
    answer = client.get("/readyz")
    everything = {"database": True, "migrations": True, "router": True, "valkey": True}
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": everything}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_a_router(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "migrations": True, "router": False, "valkey": True}


@pytest.mark.django_db
def test_not_ready_without_valkey(client, router, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["valkey"] is False


def test_not_ready_without_a_database(client, monkeypatch):
    nowhere = {"host": "127.0.0.1", "port": 1, "dbname": "contactcenter"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: nowhere)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": False, "migrations": False, "router": False, "valkey": True}


def test_health_answers_without_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
