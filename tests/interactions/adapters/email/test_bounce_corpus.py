"""flufl.bounce's own bounces, with the receivers its tests expect. No wheel has them: `make corpora` fetches them."""

import ast
import re
import tarfile

import pytest
from django.conf import settings

from interactions.adapters.email.automatic import Kind, recognised
from interactions.adapters.email.parse import parse

CORPUS = next(iter(sorted((settings.BASE_DIR / "var" / "corpora").glob("flufl_bounce-*.tar.gz"))), None)


@pytest.mark.skipif(CORPUS is None, reason="var/corpora has no flufl.bounce: run `make corpora`")
def test_every_bounce_is_seen_and_names_who_did_not_get_it(request, capsys):
    assert CORPUS is not None
    with tarfile.open(CORPUS) as tar:
        texts = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        contents = {name: file.read() for name, file in texts.items() if file and "/tests/" in name}
    bounces = {
        name.rpartition("/")[2]: raw
        for name, raw in contents.items()
        if "/tests/data/" in name and name.endswith(".txt")
    }
    [tests] = [raw.decode() for name, raw in contents.items() if name.endswith("/test_detectors.py")]
    table = re.search(r"^DETECTORS\b[^=]*= (\[.*?^\])", tests, re.M | re.S)
    assert table is not None
    expected: dict[str, set[str]] = {name: set() for name in bounces}
    for _detector, name, receivers, _temporary in ast.literal_eval(table[1]):
        expected[name] |= {receiver.decode().lower() for receiver in receivers}
    wrong = []
    for name, raw in bounces.items():
        mail = parse(raw)
        found = set(mail.report.recipients) if mail.report else set()
        # Where the detector under test finds nobody, another one may: simple_42 has a proper status report beside.
        if (expected[name] and found != expected[name]) or (found and recognised(mail).kind != Kind.BOUNCE):
            wrong.append((name, found, expected[name]))
    writer = request.config.get_terminal_writer()
    with capsys.disabled():
        writer.line(f"\nflufl.bounce: {len(bounces) - len(wrong)} of {len(bounces)} bounces are right")
    assert len(bounces) == 117
    assert wrong == []
