"""What was sent in one direction and when the other side was shown it."""

import re
import time
from collections import Counter

from contactcenter.benches import percentile

SENTENCES = (
    "Good morning, I have a question about my last order.",
    "Thank you, I am looking it up for you right now.",
    "It says that it was delivered on Tuesday, but nobody was at home.",
    "That should not take longer than a day or two.",
    "Could you send me the confirmation once more, please?",
)
WRITTEN = re.compile(r"\[([a-z]+)-(\d+)-(\d+)\]")


class Ledger:
    """Every line carries its direction, its chat and its number, so that whoever sees it knows which one it is."""

    def __init__(self, direction: str) -> None:
        self.direction = direction
        self.sent: dict[tuple[int, int], float] = {}
        self.shown: dict[tuple[int, int], float] = {}
        self.numbers = Counter[int]()
        self.last_shown = Counter[int]()
        self.doubled = self.disordered = 0

    def write(self, chat: int) -> str:
        """The next line of this chat, sent now."""
        self.numbers[chat] += 1
        number = self.numbers[chat]
        text = f"[{self.direction}-{chat}-{number}] {SENTENCES[number % len(SENTENCES)]}"
        self.sent[chat, number] = time.perf_counter()
        return text

    def read(self, text: str) -> None:
        """The other side shows this line now; a line of the other direction is none of ours."""
        written = WRITTEN.search(text)
        if not written or written[1] != self.direction:
            return
        line = chat, number = int(written[2]), int(written[3])
        if line in self.shown:
            self.doubled += 1
            return
        self.shown[line] = time.perf_counter()
        self.disordered += number < self.last_shown[chat]
        self.last_shown[chat] = max(number, self.last_shown[chat])

    @property
    def lost(self) -> int:
        return len(self.sent.keys() - self.shown.keys())

    def ms(self, percent: float, since: float = 0) -> float:
        """Milliseconds from sent to shown that so many per cent of the lines sent since then did not exceed."""
        took = [self.shown[line] - at for line, at in self.sent.items() if at >= since and line in self.shown]
        return 1000 * percentile(took, percent) if took else float("inf")
