"""What anybody does at the desk in a browser test: look through a list, open, press."""


def rows(page) -> list[str]:
    return [row.inner_text() for row in page.locator("table tbody tr").all()]


def open_first(page, doctype: str) -> str:
    """Open the first document of the list the page shows; its name."""
    page.locator("table tbody tr .d-title a").first.click()
    page.wait_for_url(f"**/desk/form/{doctype.replace(' ', '%20')}/**")
    return page.get_attribute(".d-form", "data-name")


def press(page, label: str) -> None:
    """Press a button that sends the form, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=label, exact=True).click()
