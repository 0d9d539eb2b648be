"""What tests do at a desk in the browser."""

from playwright.sync_api import Page

from interactions.models import Interaction

TEXT = "textarea[name=text]"


def open_row(page: Page, interaction: Interaction) -> None:
    page.click(f"#row-{interaction.pk}")
    page.wait_for_selector(f"#talk-{interaction.pk}")
