"""Takes the screenshots of this folder from a running demo: `.venv/bin/python docs/screenshots.py http://127.0.0.1:8000`.

Start the demo with `make demo ARGS=--no-customers`, so that only the customers of this script are in the pictures.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parent
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PASSWORD = "demo"

VISITORS = [
    ("Noor van Dijk", "Hello! My parcel should have been here on Friday, but the tracking page still says “packed”."),
    ("Ben Osei", "Can I change the delivery address of an order I placed this morning?"),
    ("Lucía Fernández", "The lamp arrived with a crack in the glass."),
]
# Ten lines each way, each waited for on the other side: (agent, customer).
TALK = [
    ("Hi Noor, I am sorry about that. Let me look it up for you.", "Thank you."),
    ("May I have the order number?", "Of course: A-20391."),
    ("And the postcode, to be sure it is yours?", "1012 AB"),
    ("Thanks. It was packed on Thursday evening.", "That is what the page says as well."),
    ("The carrier missed it on Friday, that is why nothing moved.", "Oh, I see."),
    ("It left our warehouse last night.", "Good! When will it be here?"),
    ("Tomorrow before noon.", "I am at work then."),
    ("Shall I have it delivered to a neighbour?", "Yes please, number 14 is always in."),
    ("Done. You will get a message when it is there.", "Perfect."),
    ("Is there anything else I can do?", "No, that is all. Thank you, that is good to hear!"),
]

LETTER = {
    "Your name": "Lee Wong",
    "Your address": "lee@example.org",
    "Subject": "The lamp flickers",
    "Your mail": "Hello,\n\nThe lamp of order A-20417 flickers after ten minutes. Is there something I can try before "
    "I send it back?\n\nLee Wong",
}
ANSWER = (
    "Hello Lee,\n\nPlease try another bulb first: one of 6 watt or less. If it flickers still, we send you a new lamp."
)
THANKS = "That was it, the bulb had 11 watt. Thank you!"
FLAGS = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


@contextmanager
def page(browser: Browser, viewport: dict[str, int], scheme: str = "light") -> Iterator[Page]:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB", device_scale_factor=1)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def sign_in(page: Page, base: str, name: str, path: str) -> None:
    page.goto(base + path)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(f"**{path}**")


def ask(page: Page, base: str, name: str, text: str) -> None:
    page.goto(f"{base}/visit/demo/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Start chat").click()


def say(page: Page, box: str, text: str, press: str = "Enter") -> None:
    page.get_by_label(box, exact=False).last.fill(text)
    page.keyboard.press(press)


def shoot(page: Page, name: str) -> None:
    page.screenshot(path=DOCS / f"{name}.png")


def go_available(desk: Page) -> None:
    if (available := desk.get_by_role("button", name="Go available")).is_visible():
        available.click()


def accept(desk: Page, name: str) -> None:
    desk.locator(".offer", has_text=name).get_by_role("button", name="Accept").click(timeout=60_000)


def by_mail(browser: Browser, base: str) -> None:
    with page(browser, DESKTOP) as desk, page(browser, DESKTOP) as lee:
        sign_in(desk, base, "omar", "/desk/")
        go_available(desk)
        lee.goto(f"{base}/demo/mail/new/")
        for label, words in LETTER.items():
            lee.get_by_label(label, exact=True).fill(words)
        lee.get_by_role("button", name="Send").click()
        accept(desk, "Lee Wong")
        desk.locator("#talk").get_by_text("flickers after").wait_for()
        say(desk, "Your message", ANSWER, press="Control+Enter")
        lee.get_by_text("Please try another bulb").first.wait_for(timeout=60_000)
        lee.locator(".envelope", has_text="another bulb").first.click()
        lee.get_by_label("Answer as").fill(THANKS)
        lee.get_by_role("button", name="Send").click()
        desk.locator(".message").get_by_text(THANKS).first.wait_for(timeout=60_000)
        desk.locator(".work-row").get_by_text(THANKS[:12]).wait_for()
        shoot(desk, "mail-desktop")
        shoot(lee, "mailbox-desktop")
        desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
        shoot(desk, "mail-phone")


def by_phone(browser: Browser, base: str) -> None:
    with page(browser, DESKTOP) as desk, page(browser, PHONE) as ben:
        sign_in(desk, base, "omar", "/desk/")
        go_available(desk)
        ben.goto(f"{base}/visit/demo/")
        ben.get_by_role("button", name="Call us").click()
        if (name := ben.get_by_label("Your name")).is_visible():
            name.fill(VISITORS[1][0])
        if (consent := ben.get_by_label("The call may be recorded")).is_visible():
            consent.check()
        ben.get_by_role("button", name="Check my microphone").click()
        ben.get_by_role("button", name="Call now").click()
        desk.get_by_role("button", name="Accept").click(timeout=60_000)
        desk.get_by_text("On the line with").wait_for()
        shoot(desk, "call-desktop")
        shoot(ben, "call-phone")
        desk.get_by_role("button", name="Hang up").dblclick()
        desk.locator(".wrap-up").wait_for()
        for key in "1w":
            desk.keyboard.press(key)
        desk.locator(".work-row").wait_for(state="detached")


def main(base: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        by_phone(browser, base)
        with page(browser, DESKTOP) as desk, page(browser, PHONE) as noor:
            sign_in(desk, base, "maya", "/desk/")
            go_available(desk)
            ask(noor, base, *VISITORS[0])
            desk.get_by_role("button", name="Accept").first.click()
            for answer, line in TALK:
                say(desk, "Your message", answer)
                noor.get_by_text(answer).wait_for()
                say(noor, "Write a message", line)
                desk.locator(".message__body").get_by_text(line).wait_for()
            shoot(noor, "widget-phone")
            with page(browser, DESKTOP) as ben, page(browser, DESKTOP) as lucia:
                ask(ben, base, *VISITORS[1])
                ask(lucia, base, *VISITORS[2])
                desk.get_by_role("button", name="Accept").nth(1).wait_for()
                shoot(ben, "widget-desktop")
                shoot(desk, "desk-desktop")
                with page(browser, DESKTOP) as board, page(browser, PHONE, "dark") as small:
                    sign_in(board, base, "admin", "/wallboard/")
                    board.get_by_text("Support").first.wait_for()
                    shoot(board, "wallboard-desktop")
                    board.goto(f"{base}/admin/interactions/queue/")
                    shoot(board, "admin-desktop")
                    sign_in(small, base, "admin", "/wallboard/")
                    shoot(small, "wallboard-phone")
                    small.goto(f"{base}/admin/")
                    shoot(small, "admin-phone")
                desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
                shoot(desk, "desk-phone")
                desk.emulate_media(color_scheme="dark")
                desk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
                shoot(desk, "desk-desktop-dark")
        by_mail(browser, base)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
