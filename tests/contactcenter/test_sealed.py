"""Secrets that have to be used again are kept so that nobody who reads the database reads them."""

import pytest

from contactcenter.sealed import Unreadable, seal, unseal


def test_a_sealed_secret_comes_back_and_is_not_seen():
    token = seal("tulips & oak")
    assert "tulips" not in token
    assert seal("tulips & oak") != token
    assert unseal(token) == "tulips & oak"
    assert seal("") == unseal("") == ""


def test_under_another_key_it_has_to_be_entered_again(settings):
    token = seal("tulips & oak")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(token) == "tulips & oak"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        unseal(token)
