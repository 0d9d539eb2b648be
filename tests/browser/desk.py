"""What tests do at a desk in the browser."""

from playwright.sync_api import Page

from interactions.models import Interaction

TEXT = "textarea[name=text]"


def open_row(page: Page, interaction: Interaction) -> None:
    page.click(f"#row-{interaction.pk}")
    page.wait_for_selector(f"#talk-{interaction.pk}")


def until(page: Page, expression: str) -> None:
    """Playwright's own wait_for_function needs eval in the page, which our policy forbids."""
    for _attempt in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")
