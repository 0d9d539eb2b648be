"""Who comes: names, what they want, and how patient, wordy or forgetful they are."""

import random
import struct
import zlib
from dataclasses import dataclass, field

from interactions.seed.customers import FIRST, LAST
from interactions.seed.dialogues import BY_QUEUE

WANTS = {
    "demo": BY_QUEUE["Support"],
    "sales": BY_QUEUE["Sales"],
    "billing": BY_QUEUE["Billing"],
    "orders": BY_QUEUE["Orders & Delivery"],
    "nl": BY_QUEUE["Dutch-speaking Support"],
}
ASIDES = ("Sorry, my dog is barking.", "One second please.", "I am on my phone, so slow typing 😅", "Still looking.")


@dataclass(frozen=True)
class Character:
    """Seconds a person of this kind waits for an answer, and what else is typical of them; shares are 0 to 1."""

    name: str
    patience: float
    asides: float = 0.0
    picture: float = 0.0
    loses_network: float = 0.0
    comes_back: float = 0.15
    rates: float = 0.6


CHARACTERS = (
    Character("patient", patience=600),
    Character("patient", patience=420, picture=0.3),
    Character("impatient", patience=75, rates=0.8),
    Character("wordy", patience=300, asides=0.5),
    Character("back again", patience=300, comes_back=0.8),
    Character("on a train", patience=400, loses_network=0.5),
)


@dataclass
class Person:
    entry: str
    dice: random.Random
    name: str = ""
    character: Character = CHARACTERS[0]
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = self.name or f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}"
        self.character = self.dice.choice(CHARACTERS)

    @property
    def email(self) -> str:
        plain = self.name.lower().encode("ascii", "ignore").decode().replace(" ", ".")
        return f"{plain}@example.com"

    def lines(self) -> list[str]:
        """What this person says, in turn; one line waits for an answer to the one before."""
        story = self.dice.choice(WANTS.get(self.entry, WANTS["demo"]))
        said = [text for customer, text in story.told("", self.dice) if customer]
        if self.dice.random() < self.character.asides:
            said.insert(self.dice.randint(1, len(said)), self.dice.choice(ASIDES))
        return said


def photograph(dice: random.Random) -> bytes:
    """A small picture (PNG) of nothing in particular."""
    wide, high = 240, 160
    red, green = dice.randrange(60, 200), dice.randrange(60, 200)
    rows = b"".join(
        b"\0" + b"".join(bytes(((red + x // 3) % 256, (green + y // 2) % 256, 150)) for x in range(wide))
        for y in range(high)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
