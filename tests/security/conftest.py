"""A served site and a signed-in client for each persona: nothing but HTTP, as strangers come.

SECURITY_URL names a site that is served already, on either host, with SECURITY_TOLD the file of what world.py printed
there and fence.py run too.
"""

import http.cookiejar
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
WORLD = Path(__file__).with_name("world.py")
FENCE = Path(__file__).with_name("fence.py")
SITE = "security.local"
PASSWORD = "lantern-orchid-74"


class Answer:
    def __init__(self, status: int, body: bytes, headers=None) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def rows(self) -> list:
        """The rows of a list the asker may see; none where the list itself is refused."""
        return self.json["data"] if self.status == 200 else []


class Client:
    """One person with a browser of their own."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def call(self, verb: str, path: str, body: dict | None = None, query: dict | None = None) -> Answer:
        texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in (query or {}).items()}
        url = self.base + urllib.parse.quote(path) + ("?" + urllib.parse.urlencode(texts) if texts else "")
        data = None if body is None else json.dumps(body).encode()
        return self.raw(verb, url.removeprefix(self.base), data, "application/json")

    def raw(self, verb: str, path: str, data: bytes | None, kind: str, **headers: str) -> Answer:
        """A request as it is given: `path` quoted, `kind` the Content-Type; other headers with _ for -."""
        sent = {"Accept": "application/json", "Content-Type": kind}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.base + path, data=data, method=verb, headers=sent)
        try:
            with self.opener.open(request, timeout=60) as found:
                return Answer(found.status, found.read(), found.headers)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), error.headers)

    def get(self, path: str, **query) -> Answer:
        return self.call("GET", path, query=query)

    def post(self, path: str, **body) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, **body) -> Answer:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def list(self, doctype: str, **query) -> Answer:
        return self.get(f"/api/resource/{doctype}", limit_page_length="0", **query)


def _run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchless", "--site", SITE, *arguments],
        cwd=ROOT,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment(folder: Path) -> dict:
    return {**os.environ, "BENCHLESS_SITES": str(folder), "PYTHONPATH": f"{ROOT}{os.pathsep}{FENCE.parent}"}


@contextmanager
def serving(folder: Path):
    """The site of a folder, served; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = open(folder / "server.log", "w")
    server = subprocess.Popen(
        [sys.executable, "-m", "benchless", "--site", SITE, "serve", "--port", str(port)],
        cwd=ROOT,
        env=_environment(folder),
        stdout=log,
        stderr=log,
    )
    base = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            if Client(base).get("/api/method/ping").status == 200:
                break
        except OSError:
            assert time.monotonic() < until, (folder / "server.log").read_text()
            time.sleep(0.2)
    try:
        yield base
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="session")
def another_site():
    """`another_site.run(folder, …)` and `with another_site.serving(folder) as address`, for a site of one's own."""
    return SimpleNamespace(run=_run, serving=serving, client=Client)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """(address, what the world script told, the folder of its site)."""
    if os.environ.get("SECURITY_URL"):
        said = os.environ.get("SECURITY_TOLD")
        yield os.environ["SECURITY_URL"], json.loads(Path(said).read_text()) if said else {}, None
        return
    folder = tmp_path_factory.mktemp("security")
    _run(folder, "new-site", "--admin-password", "admin", "--install-app", "ansinh_app")
    told = json.loads(_run(folder, "run-script", str(WORLD)).splitlines()[-1])
    with serving(folder) as base:
        yield base, told, folder


@pytest.fixture(scope="session")
def told(served) -> dict:
    return served[1]


@pytest.fixture(scope="session")
def fence(served) -> None:
    """The rows of fence.py on either side of every fence; their personas are `who("fen.…")`."""
    if served[2]:
        _run(served[2], "run-script", str(FENCE))


@pytest.fixture(scope="session")
def who(served):
    """`who("bank")`: the persona's client, signed in once (`who.anew`: once more); `who("guest")` has not signed in."""
    clients: dict[str, Client] = {}

    def anew(name: str) -> Client:
        made = Client(served[0])
        if name != "guest":
            usr = "Administrator" if name == "admin" else f"{name}@example.com"
            answer = made.post("/api/method/login", usr=usr, pwd="admin" if name == "admin" else PASSWORD)
            assert answer.status == 200, answer.text
        return made

    def client(name: str) -> Client:
        if name not in clients:
            clients[name] = anew(name)
        return clients[name]

    client.anew = anew
    return client
