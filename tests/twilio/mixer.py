"""Who hears what in a room of Twilio's, for one frame.

As Twilio documents it: before a room has started everybody in it hears its waitUrl; who is held hears the HoldUrl and
nobody hears them; who is muted hears all; who coaches hears all and is heard by whom they coach alone.
"""

from collections.abc import Iterator

import numpy as np

from tests.twilio.rooms import Person, Room
from tests.twilio.sound import SILENCE


def hears(listener: Person, speaker: Person) -> bool:
    if listener is speaker or listener.hold or speaker.hold or speaker.muted:
        return False
    return not speaker.coaching or speaker.coached == listener.sid


def mixed(room: Room, spoken: dict[str, np.ndarray], music: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """What each hears: CallSid and samples; `music` by address."""
    people = list(room.people.values())
    for one in people:
        if not room.started or one.hold:
            url = one.hold_url if one.hold else one.wait_url
            yield one.sid, music.get(url, SILENCE)
            continue
        voices = [spoken[other.sid] for other in people if other.sid in spoken and hears(one, other)]
        total = np.sum([SILENCE, *voices], axis=0, dtype=int)
        yield one.sid, np.clip(total, -32768, 32767).astype(np.int16)
