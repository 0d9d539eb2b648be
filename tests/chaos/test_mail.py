"""kill -9 of mail, router and worker while mail is handed over: nothing lost, nothing doubled."""

import pytest

from contactcenter.benches.mail.killing import PARTS, kill_run


@pytest.mark.django_db(transaction=True)
def test_every_mail_that_was_accepted_is_one_line_whoever_dies(tmp_path):
    outcome = kill_run(300, tmp_path, pauses=(0.5, 1.0))
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert all(outcome.blows[part] for part in PARTS)
    assert outcome.repeated, "no blow met a delivery"
