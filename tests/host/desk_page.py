"""A served desk and signed-in pages of a real browser, for the desk's browser tests."""

import re
import threading

import pytest
from desk_world import PASSWORD, make_world


@pytest.fixture(scope="session")
def server(sites):
    """The desk served in threads of this process; its address."""
    from waitress.server import create_server

    from benchless.server import make_application

    result = {}

    def run():
        application = make_application(sites)
        result["server"] = create_server(application, host="127.0.0.1", port=0, threads=4)
        ready.set()
        result["server"].run()

    ready = threading.Event()
    threading.Thread(target=run, daemon=True).start()
    assert ready.wait(20)
    yield f"http://127.0.0.1:{result['server'].effective_port}"
    result["server"].close()


@pytest.fixture
def open_page(server, chromium, site):
    """open_page(user, width) -> a signed-in page; the test fails on script errors and on requests that leave."""
    make_world()
    contexts, troubles = [], []

    def open_as(user: str, width: int = 1300):
        context = chromium.new_context(viewport={"width": width, "height": 850}, locale="vi-VN", base_url=server)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(error.stack or str(error)))
        page.on("console", lambda m: troubles.append(m.text) if "Content Security Policy" in m.text else None)
        page.on("request", lambda r: None if r.url.startswith((server, "data:")) else troubles.append(r.url))
        page.goto("/login")
        page.fill("#usr", user)
        page.fill("#pwd", PASSWORD)
        page.press("#pwd", "Enter")
        page.wait_for_url(re.compile("/desk/"))
        page.wait_for_load_state("load")  # keys pressed before the scripts run go nowhere
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert troubles == []
