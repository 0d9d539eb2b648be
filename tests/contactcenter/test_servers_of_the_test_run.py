import pytest
from django.db import connection


@pytest.mark.django_db
def test_a_test_has_a_real_postgresql():
    assert connection.pg_version >= 150000


def test_a_test_has_a_real_and_empty_valkey(valkey):
    assert valkey.ping()
    assert valkey.dbsize() == 0
