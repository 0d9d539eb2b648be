"""The supervisors' page of replays."""

import re

import django_rq
import pytest
from django.test import Client
from rq import SimpleWorker

from interactions.models import Queue
from interactions.views import replay as view
from tests.cast import make_person, make_queue, make_team
from tests.interactions.replay.conftest import DAY

PAGE = "/wallboard/replay/"


def browser_of(person, **headers):
    client = Client(headers=headers)
    client.force_login(person)
    return client


@pytest.fixture
def pat(busy_day):
    """Leads the team that serves the queue."""
    person = make_person("Pat Hill", role="supervisor")
    make_team("Support", [person])
    return person


def form_of(page):
    """What a browser would send of the page's second form, untouched."""
    form = page[page.index('class="replay__form"') :]
    form = form[: form.index("</form>")]
    inputs = re.findall(r'<input type="(?:hidden|number)" name="([^"]+)"(?: value="([^"]*)")?', form)
    selects = re.findall(r'<select name="([^"]+)".*?<option value="([^"]+)" selected', form, re.DOTALL)
    return dict([*inputs, *selects])


def sent(client, **changes):
    """The form as it comes, with these of its only queue written over."""
    form = form_of(client.get(PAGE).content.decode())
    queue = Queue.objects.get(name="Support")
    return client.post(PAGE, form | {f"q{queue.pk}-{name}": value for name, value in changes.items()})


def test_the_form_shows_the_rules_of_the_latest_day(pat, busy_day):
    page = browser_of(pat).get(PAGE).content.decode()
    form = form_of(page)
    assert form["day"] == DAY.isoformat()
    assert (form[f"q{busy_day.pk}-strategy"], form[f"q{busy_day.pk}-overflow_after"]) == ("longest_idle", "")
    assert form[f"q{busy_day.pk}-wrap_up_within"] == "60"


def test_nothing_changed_tells_how_well_it_tells(pat):
    page = sent(browser_of(pat)).content.decode()
    assert "Nothing was changed" in page
    assert "off by: service level +0.0 points" in page
    assert "That is close" in page


def test_side_by_side_with_a_chart_and_a_table(pat):
    response = sent(browser_of(pat), more="2", strategy="round_robin")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<li>Support: which agent first longest idle → in turn</li><li>Support: 2 more agents</li>" in page
    assert page.count('<svg viewBox="0 0 100 8"') == 12, "three bars for each of four figures"
    assert page.count('<tr data-kind="changed">') == 1
    assert re.search(r'<small data-tone="good"><span class="visually-hidden">better</span>\+\d+\.\d points', page)
    assert "style=" not in page.split("<main")[1]


def test_what_cannot_be_is_said_beside_its_field(pat, busy_day):
    response = sent(browser_of(pat), priority="99999", longest_wait="-3")
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_q{busy_day.pk}-priority_error"' in page
    assert f'id="id_q{busy_day.pk}-longest_wait_error"' in page
    response = sent(browser_of(pat), longest_wait="0")
    assert response.status_code == 422
    assert "At least one second." in response.content.decode()


def test_a_day_to_come_or_without_anybody(pat):
    client = browser_of(pat)
    form = form_of(client.get(PAGE).content.decode())
    for day, says in (("2126-01-01", "Choose a day that is over."), ("2026-03-01", "Nobody came"), ("x", "valid date")):
        response = client.post(PAGE, form | {"day": day})
        assert (response.status_code, says in response.content.decode()) == (422, True)
        assert client.get(PAGE, {"day": day}).status_code == 200


def test_each_sees_their_own_queues(pat, maya, client):
    make_queue("Secret")
    page = browser_of(pat).get(PAGE).content.decode()
    assert "Support" in page
    assert "Secret" not in page
    assert "Secret" in browser_of(make_person("Ada Key", role="administrator")).get(PAGE).content.decode()
    assert "No queues to show" in browser_of(make_person("Kim Low", role="supervisor")).get(PAGE).content.decode()
    assert browser_of(maya.person).get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302


def test_a_queue_of_others_cannot_be_changed_by_writing_its_number(pat, busy_day):
    other = make_queue("Secret")
    client = browser_of(pat)
    form = form_of(client.get(PAGE).content.decode())
    response = client.post(PAGE, form | {"queue": other.pk, f"q{other.pk}-more": "3"})
    assert response.status_code == 422
    assert "Secret" not in response.content.decode()


def test_of_many_queues_some_are_chosen(pat, busy_day):
    team = make_team("Support")
    others = [make_queue(f"Line {n}", teams=[team]) for n in range(8)]
    client = browser_of(pat)
    assert client.get(PAGE).content.decode().count("<legend>") == view.FEW_QUEUES
    page = client.get(PAGE, {"day": DAY.isoformat(), "queue": [others[0].pk, busy_day.pk]}).content.decode()
    assert re.findall(r"<legend>([^<]+)</legend>", page) == ["Line 0", "Support"]


def test_a_long_one_is_run_by_a_worker_and_seen_by_who_asked_for_it(
    pat, valkey, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(view, "AT_ONCE", 0)
    client = browser_of(pat)
    with django_capture_on_commit_callbacks(execute=True):
        response = sent(client, more="1")
    assert response.status_code == 302
    waiting = client.get(response["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    assert '<progress max="100" value="0">' in waiting

    SimpleWorker([django_rq.get_queue()], connection=django_rq.get_connection()).work(burst=True)

    part = browser_of(pat, **{"HX-Request": "true", "HX-Request-Type": "partial"}).get(response["Location"])
    assert "<html" not in part.content.decode()
    assert "hx-trigger" not in part.content.decode()
    assert "Support: 1 more agent" in part.content.decode()
    assert browser_of(make_person("Kim Low", role="supervisor")).get(response["Location"]).status_code == 404
    assert client.get(f"{PAGE}00000000-0000-0000-0000-000000000000/").status_code == 404
