"""Who hears whom in a room of the simulator, as Twilio documents it."""

import numpy as np

from tests.tones import HEARD, LEE, MAYA, SAM, loudness
from tests.twilio.mixer import mixed
from tests.twilio.rooms import Person, Room
from tests.twilio.sound import RATE, SILENCE, Handset

VOICES = {"lee": LEE, "maya": MAYA, "sam": SAM}
MUSIC = {"/hold/": SILENCE + 1000, "/wait/": SILENCE + 2000}


def hear(*people: Person, started: bool = True) -> dict[str, set[int]]:
    room = Room("CF1", started=started, people={one.sid: one for one in people})
    voices = {one.sid: Handset(VOICES[one.sid]) for one in people}
    frames = [dict(mixed(room, {sid: voice.speak() for sid, voice in voices.items()}, MUSIC)) for _beat in range(5)]
    sound = {sid: np.concatenate([frame[sid] for frame in frames]) for sid in voices}
    return {sid: {tone for tone in VOICES.values() if loudness(sound[sid], tone, RATE) > HEARD} for sid in sound}


def test_each_hears_the_others_and_the_muted_only_hear():
    assert hear(Person("lee"), Person("maya", muted=True)) == {"lee": set(), "maya": {LEE}}


def test_who_is_held_hears_music_and_is_not_heard():
    held = Person("lee", hold=True, hold_url="/hold/")
    assert hear(held, Person("maya")) == {"lee": set(), "maya": set()}
    heard = dict(mixed(Room("CF1", started=True, people={"lee": held}), {"lee": SILENCE}, MUSIC))
    assert heard["lee"].max() == 1000


def test_before_somebody_comes_there_is_music():
    waiting = Room("CF1", people={"lee": Person("lee", wait_url="/wait/")})
    assert dict(mixed(waiting, {"lee": SILENCE}, MUSIC))["lee"].max() == 2000


def test_a_coach_is_heard_by_one_alone():
    coach = Person("sam", coaching=True, coached="maya")
    assert hear(Person("lee"), Person("maya"), coach) == {"lee": {MAYA}, "maya": {LEE, SAM}, "sam": {LEE, MAYA}}
    coach.muted = True
    assert hear(Person("lee"), Person("maya"), coach)["maya"] == {LEE}
    coach.coaching = coach.muted = False
    assert hear(Person("lee"), Person("maya"), coach)["lee"] == {MAYA, SAM}
