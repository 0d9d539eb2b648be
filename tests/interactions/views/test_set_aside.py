"""What was set aside, and what a supervisor does about it."""

import pytest

from tests.cast import make_agent, make_chat, make_entry_point, make_person, make_queue, make_team

pytestmark = pytest.mark.django_db
URL = "/wallboard/set-aside/"
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def aside(chat, maya):
    chat.set_aside(why="nobody took it in its time")
    return chat


@pytest.fixture
def page(client, sam):
    client.force_login(sam)
    return client


def test_it_says_what_why_and_since_when(page, aside):
    response = page.get(URL)
    html = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    for words in ("Lee", "Support", "Hello?", "nobody took it in its time", aside.ended_at.isoformat()[:19]):
        assert words in html


def test_a_reason_is_given_once_in_the_viewers_language(page, aside, sam):
    sam.language = "nl"
    sam.save()
    html = page.get(URL).content.decode()
    assert "niemand nam het op tijd aan" in html
    assert "nobody took it in its time" not in html


def test_a_reason_of_the_routers_own_is_shown_as_it_is(page, chat, maya):
    chat.set_aside(why="KeyError: <telex>")
    html = page.get(URL).content.decode()
    assert "The router could not read it." in html
    assert "KeyError: &lt;telex&gt;" in html


def test_put_back_in_line(page, aside, sam):
    html = page.post(f"{URL}{aside.pk}/return/", headers=PART).content.decode()
    aside.refresh_from_db()
    assert (aside.state, aside.events.last().what, aside.events.last().by) == ("queued", "requeued", sam)
    assert "<html" not in html
    assert "Nothing is set aside" in html


def test_close(page, aside, sam):
    assert page.post(f"{URL}{aside.pk}/closing/").headers["Location"] == URL
    aside.refresh_from_db()
    assert (aside.state, aside.events.last().by) == ("closed", sam)


def test_the_second_of_two_supervisors_comes_too_late(page, aside, admin):
    aside.put_back(by=admin)
    assert page.post(f"{URL}{aside.pk}/closing/").status_code == 404
    aside.refresh_from_db()
    assert aside.state == "queued"


def test_who_began_another_conversation_is_refused_in_words(page, aside, entry_point):
    make_chat(entry_point, visitor=aside.visitor)
    reply = page.post(f"{URL}{aside.pk}/return/", headers=PART)
    assert reply.status_code == 409
    assert "has begun another conversation" in reply.content.decode()


def test_a_supervisor_sees_and_moves_what_is_of_their_queues(client, aside):
    sid = make_person("Sid New", role="supervisor")
    team = make_team("Sales", supervisors=[sid])
    other = make_chat(make_entry_point(make_queue("Sales", agents=[make_agent("Nadia", team=team)]), "sales"))
    other.set_aside(why="odd")
    client.force_login(sid)
    html = client.get(URL).content.decode()
    assert (f"aside-{other.pk}" in html, f"aside-{aside.pk}" in html) == (True, False)
    assert client.post(f"{URL}{aside.pk}/return/").status_code == 404
    assert client.post(f"{URL}{other.pk}/return/").status_code == 302


def test_agents_and_strangers_see_none_of_it(client, maya, aside):
    assert client.get(URL).status_code == 302
    client.force_login(maya.person)
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}{aside.pk}/return/").status_code == 403


def test_a_move_is_a_post(page, aside):
    assert page.get(f"{URL}{aside.pk}/return/").status_code == 405


def test_the_wallboard_counts_it_and_leads_there(page, aside):
    html = page.get("/wallboard/").content.decode()
    assert html.count("1 set aside") == 2  # in all, and in its queue
    assert f'href="{URL}"' in html


def test_many_take_as_many_queries_as_one(page, aside, entry_point, django_assert_max_num_queries):
    for _ in range(5):
        make_chat(entry_point).set_aside(why="odd")
    with django_assert_max_num_queries(8):
        page.get(URL)
