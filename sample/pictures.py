"""What `make gallery` and `make guides` share: a site served for a while, a signed-in browser, a small picture."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

WIDTH, MOST_BYTES = 1280, 80_000


def save(picture: bytes, target: Path, tall: int, most: int = MOST_BYTES) -> int:
    """Cut to `tall` pixels, in as many colours as fit into `most` bytes; returns the size of the file."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, tall)))
    data = b""
    for colours in (64, 32, 16, 8, 4):
        out = BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        data = out.getvalue()
        if len(data) <= most:
            break
    target.write_bytes(data)
    target.chmod(0o644)  # a connected site keeps what its process writes to itself
    return len(data)


@contextmanager
def serving(site: str):
    """The site served by a process of its own, without scheduler, on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "benchless", "--site", site, "serve", "--port", port, "--no-scheduler"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, stdout=quiet, stderr=quiet)  # noqa: S603 - our own words
    try:
        _wait(f"{address}/login")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str) -> None:
    for _attempt in range(120):
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - this machine
            return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{error}: is the site older than the code? `make demo SERVE=0` brings it up.") from None
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the server did not answer within 30 seconds")


@contextmanager
def chromium():
    """A browser without a window."""
    with sync_playwright() as play:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def signed_in(browser, address: str, user: str, password: str, width: int = WIDTH):
    """A page of `user`, at the desk; a phone's where `width` is one's."""
    height = 844 if width < 500 else 800
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", base_url=address)
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=usr]", user)
    page.fill("input[name=pwd]", password)
    page.press("input[name=pwd]", "Enter")
    page.wait_for_url("**/desk/**")
    return page
