"""What the page greets with: said in test_web_pages, beside what is asked of it."""

from test_web_pages import fill_page

no_cache = 1


def get_context(context):
    """The page's context; `?as=` plays what a page can refuse."""
    return fill_page(context)
