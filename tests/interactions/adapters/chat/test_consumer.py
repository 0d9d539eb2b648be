"""The visitor's socket: lines both ways once each and in order, and a clear refusal for everything else."""

import json

import pytest

from interactions.adapters.chat.consumer import PATIENCE
from interactions.models import Message
from tests.cast import make_active, make_entry_point

pytestmark = pytest.mark.django_db(transaction=True)


def texts(frames):
    return [frame["text"] for frame in frames if frame["type"] == "message" and frame["kind"] != "system"]


async def test_hello_tells_the_state_and_every_line(start, page, later):
    token, interaction = await later(start, "Hello?")
    visitor = await page(token).open()
    state = await visitor.hear("state")
    assert (state["state"], state["place"], state["interaction"]) == ("queued", 1, interaction.pk)
    line = await visitor.hear("message")
    assert (line["kind"], line["text"], line["prev"]) == ("inbound", "Hello?", 0)


async def test_lines_both_ways(start, page, later, maya):
    token, interaction = await later(start)
    visitor = await page(token).open()
    await visitor.hear_all()
    await later(make_active, interaction, maya)
    assert (await visitor.hear("message", kind="system"))["notice"] == "joined"
    assert (await visitor.hear("state", state="active"))["agent"] == "Maya"
    await visitor.send(type="say", text="It is about my boat", client_id="b1")
    said = await visitor.hear("message", client_id="b1")
    await later(interaction.reply, maya, "Which one?")
    answer = await visitor.hear("message", kind="outbound")
    assert (answer["who"], answer["text"], answer["prev"]) == ("Maya", "Which one?", said["seq"])
    await visitor.send(type="read", seq=answer["seq"])
    await visitor.hear("read", customer_read=answer["seq"])
    await later(interaction.note, maya, "a difficult one")
    await later(interaction.reply, maya, "Still there?")
    assert (await visitor.hear("message"))["prev"] == answer["seq"], "notes leave no hole"


async def test_saying_it_again_is_not_saying_it_twice(start, page, later):
    token, _interaction = await later(start)
    visitor = await page(token).open()
    for _ in range(3):
        await visitor.send(type="say", text="Once", client_id="b1")
        await visitor.hear("message", client_id="b1")
    again = await page(token).open(after=99)
    await again.send(type="say", text="Once", client_id="b1")
    assert await later(Message.objects.filter(client_id="b1").count) == 1


async def test_two_pages_are_in_step(start, page, later):
    token, _interaction = await later(start)
    one, two = await page(token).open(), await page(token).open()
    await two.hear("message")
    await one.send(type="say", text="From one", client_id="b1")
    assert (await two.hear("message"))["text"] == "From one"


async def test_resume_tells_only_what_was_missed(start, page, later, maya):
    token, interaction = await later(start)
    await later(make_active, interaction, maya)
    first = await later(interaction.reply, maya, "one")
    await later(interaction.reply, maya, "two")
    visitor = await page(token).open(after=first.seq)
    await visitor.hear("state")
    assert texts(await visitor.hear_all()) == ["two"]
    await visitor.send(type="resume", after=0)
    assert texts(await visitor.hear_all()) == ["Hello?", "one", "two"]


async def test_numbers_of_another_conversation_are_not_trusted(start, page, later):
    token, interaction = await later(start)
    visitor = await page(token).open(after=50, interaction=interaction.pk + 1)
    assert texts(await visitor.hear_all()) == ["Hello?"]


async def test_end_and_rate_once(start, page, later, maya):
    token, interaction = await later(start)
    await later(make_active, interaction, maya)
    visitor = await page(token).open()
    await visitor.send(type="rate", stars=5)
    assert (await visitor.hear("error"))["code"] == "rated"
    await visitor.send(type="end")
    assert (await visitor.hear("state", state="closed"))["can_rate"] is True
    for stars in (0, 6, True, "5", None, 2.5):
        await visitor.send(type="rate", stars=stars)
        assert (await visitor.hear("error"))["code"] == "invalid"
    await visitor.send(type="rate", stars=4, comment="Quick")
    await visitor.hear("state", stars=4)
    await visitor.send(type="rate", stars=1)
    await visitor.hear("error", code="rated")
    await later(interaction.refresh_from_db)
    assert (interaction.rating, interaction.rating_comment) == (4, "Quick")


async def test_who_left_while_waiting_stays_gone(start, page, later):
    token, _interaction = await later(start)
    visitor = await page(token).open()
    await visitor.send(type="end")
    await visitor.hear("state", state="closed")
    again = await page(token).open()
    assert (await again.hear("state"))["state"] == "closed"


async def test_a_waiting_customer_need_not_wait(start, page, later):
    token, interaction = await later(start)
    visitor = await page(token).open()
    assert (await visitor.hear("state"))["attended"] is False, "nobody is at work"
    await visitor.send(type="later")
    await visitor.hear("state", live=False)
    await later(interaction.refresh_from_db)
    assert interaction.state == "queued"


# refusals


@pytest.mark.parametrize("token", ["wrong" * 9, "", None, 7, ["x"], {"$ne": 1}, "é" * 43])
async def test_a_wrong_token_is_shown_out(entry_point, page, token):
    visitor = await page(token).open()
    assert await visitor.closed_with() == 4401


async def test_a_token_opens_its_own_entry_point_only(start, page, later, queue):
    token, _interaction = await later(start)
    await later(make_entry_point, queue, "other")
    assert await (await page(token, key="other").open()).closed_with() == 4401


async def test_unknown_entry_point(page):
    assert await (await page("x" * 43, key="nowhere").open()).closed_with() == 4404


async def test_foreign_origin(start, page, later, entry_point):
    token, _interaction = await later(start)
    assert await (await page(token, origin="https://evil.example").open()).closed_with() == 4403
    entry_point.allowed_origins = ["https://shop.example"]
    await later(entry_point.save)
    await (await page(token, origin="https://shop.example").open()).hear("state")
    await (await page(token, origin="http://testserver").open()).hear("state")


async def test_silence_before_hello_is_not_served(start, page, later):
    token, _interaction = await later(start)
    visitor = page(token)
    await visitor.socket.connect()
    await visitor.send(type="say", text="Hi", client_id="b1")
    assert await visitor.closed_with() == 4400


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "say", "text": "x" * 4097, "client_id": "b1"}, "too_long"),
        ({"type": "say", "text": " \n ", "client_id": "b1"}, "empty"),
        ({"type": "say", "client_id": "b1"}, "empty"),
        ({"type": "say", "text": {"a": 1}, "client_id": "b1"}, "invalid"),
        ({"type": "say", "text": "Hi", "client_id": ["b1"]}, "invalid"),
        ({"type": "read", "seq": "12"}, "invalid"),
        ({"type": "read", "seq": -1}, "invalid"),
        ({"type": "read", "seq": 2**40}, "invalid"),
        ({"type": "resume", "after": [0]}, "invalid"),
        ({"type": "base"}, "unknown_type"),
        ({"type": "websocket.disconnect"}, "unknown_type"),
        ({"type": "screen.refresh"}, "unknown_type"),
        ({"type": "hello", "token": "x" * 43}, "unknown_type"),
        ({"type": ["say"]}, "unknown_type"),
        ({}, "unknown_type"),
    ],
)
async def test_bad_frames_are_refused_and_nothing_written(start, page, later, frame, code):
    token, interaction = await later(start)
    visitor = await page(token).open()
    await visitor.hear_all()
    await visitor.send(**frame)
    error = await visitor.hear("error")
    assert error["code"] == code
    assert set(error) <= {"type", "code", "text", "client_id"}
    assert await later(interaction.messages.count) == 1
    await visitor.send(type="say", text="Still here", client_id="b2")
    await visitor.hear("message", client_id="b2")


async def test_what_is_not_json_and_what_is_binary(start, page, later):
    token, _interaction = await later(start)
    visitor = await page(token).open()
    await visitor.hear_all()
    for text in ("{", "[]", "hello", "[" * 5000):
        await visitor.socket.send_to(text_data=text)
        assert (await visitor.hear("error"))["code"] == "bad_json"
    await visitor.socket.send_to(bytes_data=b"\x00\x01")
    assert (await visitor.hear("error"))["code"] == "binary"
    await visitor.socket.send_to(text_data=json.dumps({"type": "say", "text": "x" * 70_000}))
    assert (await visitor.hear("error"))["code"] == "too_long"


async def test_a_closed_conversation_takes_no_more(start, page, later):
    token, interaction = await later(start)
    visitor = await page(token).open()
    await later(interaction.leave)
    await visitor.send(type="say", text="One more thing", client_id="b9")
    error = await visitor.hear("error")
    assert (error["code"], error["client_id"]) == ("closed", "b9")
    assert not await later(Message.objects.filter(client_id="b9").exists)


async def test_a_refusal_speaks_the_language_of_the_conversation(start, page, later):
    token, interaction = await later(start, language="de")
    visitor = await page(token).open()
    await visitor.send(type="say", text="x" * 4097)
    assert (await visitor.hear("error"))["text"] == "Dieser Text ist zu lang."
    await later(interaction.leave)
    await visitor.send(type="say", text="Noch etwas")
    assert (await visitor.hear("error"))["text"] == "Dieses Gespräch ist beendet."


async def test_a_flood_is_refused_then_shown_out_and_others_go_on(start, page, later):
    token, interaction = await later(start)
    other_token, _other = await later(start, "I am somebody else")
    visitor, other = await page(token).open(), await page(other_token).open()
    await visitor.hear_all()
    for number in range(30):
        await visitor.send(type="say", text=f"{number}", client_id=f"f{number}")
    assert (await visitor.hear("error", code="flood"))["client_id"]
    for _ in range(PATIENCE + 100):
        await visitor.send(type="typing")
    assert await visitor.closed_with() == 4408
    assert await later(interaction.messages.count) < 25
    await other.send(type="say", text="Fine here", client_id="o1")
    await other.hear("message", client_id="o1")


async def test_what_goes_wrong_inside_is_not_told(start, page, later, monkeypatch):
    token, interaction = await later(start)
    visitor = await page(token).open()
    await visitor.hear_all()
    monkeypatch.setattr(type(interaction), "hear", lambda *_a, **_k: 1 / 0)
    await visitor.send(type="say", text="Hi", client_id="b1")
    error = await visitor.hear("error")
    assert (error["code"], error["client_id"]) == ("server", "b1")
    assert "zero" not in error["text"]


async def test_typing_reaches_the_agent_who_has_it(start, page, later, maya, monkeypatch):
    token, interaction = await later(start)
    await later(make_active, interaction, maya)
    typed = []
    monkeypatch.setattr("interactions.broadcasts.customer_types", lambda *who: typed.append(who))
    visitor = await page(token).open()
    await visitor.hear("state", state="active")
    await visitor.send(type="typing", agent=99, interaction=99)
    await visitor.hear_all()
    assert typed == [(maya.pk, interaction.pk)]


async def test_s10_typing_is_told_of_ones_own_conversation_and_not_without_end(start, page, later, maya, monkeypatch):
    token, interaction = await later(start)
    await later(make_active, interaction, maya)
    told = []
    monkeypatch.setattr("interactions.broadcasts.push", lambda group, event: told.append((group, event["id"])))
    for visitor in [await page(token).open() for _ in range(2)]:
        for _ in range(20):
            await visitor.send(type="typing", interaction=999, agent=999)
        await visitor.hear_all()
    assert set(told) == {(maya.screen, interaction.pk)}
    assert 10 <= len(told) < 20


async def test_s63_nobody_has_all_the_lines_recited_without_end(start, page, later):
    token, _ = await later(start)
    visitor = await page(token).open()
    for _ in range(50):
        await visitor.send(type="resume", after=0)
    frames = await visitor.hear_all()
    assert any(frame.get("code") == "flood" for frame in frames)
    assert len([frame for frame in frames if frame["type"] == "message"]) < 40


async def test_s63_one_visitor_keeps_so_many_pages_open_and_no_more(start, page, later, monkeypatch):
    monkeypatch.setattr("interactions.adapters.chat.consumer.PAGES", 2)
    token, _ = await later(start)
    for _ in range(2):
        assert await (await page(token).open()).hear("state")
    assert await (await page(token).open()).closed_with() == 4408


async def test_a_long_conversation_is_told_whole_and_in_order(start, page, later, monkeypatch):
    monkeypatch.setattr("interactions.adapters.chat.standing.LINES_AT_ONCE", 3)
    token, interaction = await later(start)
    for number in range(7):
        await later(interaction.hear, f"line {number}")
    told = [frame for frame in await (await page(token).open()).hear_all() if frame["type"] == "message"]
    assert [frame["text"] for frame in told] == ["Hello?", *(f"line {number}" for number in range(7))]
    assert [frame["prev"] for frame in told[1:]] == [frame["seq"] for frame in told[:-1]]
