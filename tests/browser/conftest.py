"""A served site with a small city, and a browser that may talk to it only."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ansinh_app.demo.office import PASSWORD

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The address of a desk that serves the small city, in a process of its own."""
    folder = tmp_path_factory.mktemp("browser")
    env = os.environ | {"BENCHLESS_SITES": str(folder / "sites")}

    def benchless(*words):
        command = [sys.executable, "-m", "benchless", "--site", "city.local", *words]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr

    benchless("new-site", "--admin-password", "admin", "--install-app", "ansinh_app")
    benchless("run-script", str(Path(__file__).with_name("build_city.py")), str(folder / "files"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "server.log").open("w")
    command = [sys.executable, "-m", "benchless", "--site", "city.local", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address: str, server) -> None:
    for _attempt in range(120):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(address + "/login", timeout=5)
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not answer within 30 seconds")


@pytest.fixture()
def log_in(served, chromium):
    """Logs somebody in; whatever goes wrong in the page, or leaves this machine, fails the test at its end."""
    contexts, wrong = [], []

    def enter(user: str, width: int = 1280, height: int = 900):
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="vi-VN", base_url=served)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("request", lambda request: None if _own(request.url, served) else wrong.append(request.url))
        page.goto("/login")
        page.fill("input[name=usr]", user)
        page.fill("input[name=pwd]", PASSWORD)
        page.press("input[name=pwd]", "Enter")
        page.wait_for_url("**/desk/**")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not wrong


def _own(url: str, served: str) -> bool:
    return url.startswith((served, "data:", "blob:"))
