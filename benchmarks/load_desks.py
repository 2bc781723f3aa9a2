"""The requests that the two desks' own pages send for one thing a person does; each is timed under its kind."""

import http.client
import json
import re
import socket
import threading
import time
from collections import Counter, defaultdict
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

PATIENCE_SECONDS = 180
PAGE = 20
# Somebody else saved the document, or runs an import of the same commune: the page says so, and one opens it again.
_STALE = ("TimestampMismatchError", "ImportStateError", "đã được người khác sửa sau khi bạn mở")
# What somebody else's run holds, the month's above all: nothing was changed, and the page says when to come again.
_LATER = "Hãy thử lại sau một phút"
_BUSY = ("QueryTimeoutError", "QueryDeadlockError", _LATER, json.dumps(_LATER)[1:-1])
_LINK = r'href="/desk/form/{}/([^"?]+)"'
_CARD_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_API_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"|csrf_token = "([^"]+)"')
_MODIFIED = re.compile(r'name="modified" value="([^"]+)"')
_NOTE = re.compile(r'<textarea[^>]*name="f\.note"[^>]*>([^<]*)</textarea>')


class Refused(Exception):
    """The answer was an error; it stands in the book."""


class Stale(Exception):
    """Somebody else saved the document since it was opened: not an error, it is opened again."""


class Book:
    """What was asked, how long each took, and what failed. Seconds; safe for threads."""

    def __init__(self):
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: list[tuple[str, str]] = []
        self.stale = 0
        self.busy: Counter[str] = Counter()
        self.size = 0
        self.counting = True
        self._lock = threading.Lock()

    def enter(self, kind: str, seconds: float, size: int, error: str | None) -> None:
        with self._lock:
            if error:
                self.errors.append((kind, error))
            if self.counting:
                self.times[kind].append(seconds)
                self.size += size

    def enter_busy(self, kind: str) -> None:
        with self._lock:
            self.busy[kind] += 1

    def enter_stale(self) -> None:
        with self._lock:
            self.stale += 1


class Visitor:
    """One browser: a connection kept open, its cookies, and the token of its session."""

    def __init__(self, url: str, site: str, book: Book):
        self.address = urlsplit(url)
        self.site, self.book = site, book
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.connection = None

    def ask(self, kind: str, path: str, query: dict | None = None, form: dict | None = None, files=None) -> str:
        """The answer's text; a redirect is followed as a browser does, both under one time. Refused, Stale."""
        path += "?" + urlencode(query) if query else ""
        headers = {"Host": self.site, "Accept": "application/json, text/html", "Accept-Encoding": "identity"}
        if self.token:
            headers["X-Frappe-CSRF-Token"] = self.token
        body = None
        if files:
            body, headers["Content-Type"] = _multipart(form or {}, files)
        elif form is not None:
            body, headers["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        start = time.perf_counter()
        try:
            status, text, place = self._send("GET" if body is None else "POST", path, body, headers)
            while status in (301, 302, 303) and place:
                headers.pop("Content-Type", None)
                status, text, place = self._send("GET", place, None, headers)
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            status, text = 0, f"{type(error).__name__}: {error}"
        seconds = time.perf_counter() - start
        stale = status >= 400 and (any(name in text for name in _STALE) or status == 409)
        busy = status >= 400 and not stale and any(words in text for words in _BUSY)
        failed = (status == 0 or status >= 400) and not stale and not busy
        self.book.enter(kind, seconds, len(text), f"{status} {path[:120]} {_said(text)}" if failed else None)
        if stale:
            self.book.enter_stale()
            raise Stale
        if busy:
            self.book.enter_busy(kind)
        if failed or busy:
            raise Refused(text)
        return text

    def _send(self, method: str, path: str, body, headers: dict) -> tuple[int, str, str | None]:
        """Once more on a new connection where the server had closed the idle one before it took a GET."""
        for attempt in (1, 2):
            new = self.connection is None
            if new:
                self.connection = http.client.HTTPConnection(
                    self.address.hostname, self.address.port, timeout=PATIENCE_SECONDS
                )
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            try:
                self.connection.request(method, path, body, {**headers, **({"Cookie": cookies} if cookies else {})})
                if new:
                    self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answer = self.connection.getresponse()
                text = answer.read().decode("utf-8", "replace")
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                self.connection = None
                if new or attempt == 2:
                    raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        if answer.will_close:
            self.connection.close()
            self.connection = None
        place = answer.headers.get("Location")
        return answer.status, text, _path_of(place) if place else None

    def call(self, kind: str, method: str, post: bool = False, **arguments):
        """A whitelisted method's `message`."""
        values = {name: _text(value) for name, value in arguments.items() if value is not None}
        path = f"/api/method/{method}"
        text = self.ask(kind, path, form=values) if post else self.ask(kind, path, query=values)
        return json.loads(text).get("message")

    def sign_in(self, user: str, password: str) -> None:
        self.ask("sign in", "/api/method/login", form={"usr": user, "pwd": password})
        page = self.ask("first page of the desk", "/app" if self.desk == "frappe" else "/desk/")
        found = _API_TOKEN.search(page)
        self.token = (found[1] or found[2]) if found else ""

    def new(self, kind: str, doctype: str, values: dict) -> dict:
        text = self.ask(kind, f"/api/resource/{quote(doctype)}", form={"data": json.dumps(values)})
        return json.loads(text)["data"]

    def upload(self, kind: str, file_name: str, content: bytes) -> str:
        files = {"file": (file_name, content)}
        text = self.ask(kind, "/api/method/upload_file", form={"is_private": "1"}, files=files)
        return json.loads(text)["message"]["file_url"]

    def rows(self, kind: str, doctype: str, fields: list[str], filters=None, limit: int = PAGE, order: str = "") -> list:
        query = {"fields": json.dumps(fields), "filters": json.dumps(filters or []), "limit_page_length": limit}
        if order:
            query["order_by"] = order
        return json.loads(self.ask(kind, f"/api/resource/{quote(doctype)}", query=query))["data"]


class BenchlessDesk(Visitor):
    """benchless's pages, made by the server: one request for a list, a form, a workspace."""

    desk = "benchless"

    def page_of(self, kind: str, doctype: str, filters: dict | None = None, words: str = "") -> list[str]:
        query = {**(filters or {}), **({"_q": words} if words else {})}
        page = self.ask(kind, f"/desk/list/{quote(doctype)}", query=query)
        return list(dict.fromkeys(re.findall(_LINK.format(re.escape(quote(doctype))), page)))

    def open(self, kind: str, doctype: str, name: str) -> str:
        """The form, to be given to `save` and `do`."""
        return self.ask(kind, f"/desk/form/{quote(doctype)}/{quote(name)}")

    def add_to_note(self, kind: str, doctype: str, name: str, form: str, word: str) -> None:
        note = _NOTE.search(form)
        text = f"{note[1] if note else ''} {word}".strip()
        self._press(kind, doctype, name, form, {"_action": "save", "f.note": text})

    def do(self, kind: str, doctype: str, name: str, form: str, action: str) -> None:
        self._press(kind, doctype, name, form, {"_action": f"workflow:{action}"})

    def _press(self, kind: str, doctype: str, name: str, form: str, values: dict) -> None:
        values |= {"csrfmiddlewaretoken": _CARD_TOKEN.search(form)[1], "modified": _MODIFIED.search(form)[1]}
        self.ask(kind, f"/desk/form/{quote(doctype)}/{quote(name)}", form=values)

    def choices(self, kind: str, doctype: str, words: str, parent: str, field: str) -> list[str]:
        text = self.ask(kind, f"/desk/link/{quote(doctype)}", query={"txt": words, "parent": parent, "field": field})
        return [row["value"] for row in json.loads(text)["results"]]

    def report(self, kind: str, name: str, filters: dict) -> None:
        self.ask(kind, f"/desk/report/{quote(name)}", query=filters or None)

    def workspace(self, kind: str, name: str) -> None:
        self.ask(kind, f"/desk/workspace/{quote(name)}")


class FrappeDesk(Visitor):
    """Frappe's desk, made in the browser: the calls its lists, forms and workspaces send."""

    desk = "frappe"
    _forms: dict[str, dict] = {}

    def _meta(self, doctype: str) -> dict:
        if doctype not in self._forms:  # the browser keeps them
            text = self.ask(
                "definition of a form", "/api/method/frappe.desk.form.load.getdoctype", query={"doctype": doctype}
            )
            self._forms[doctype] = next(doc for doc in json.loads(text)["docs"] if doc["name"] == doctype)
        return self._forms[doctype]

    def page_of(self, kind: str, doctype: str, filters: dict | None = None, words: str = "") -> list[str]:
        meta = self._meta(doctype)
        title = meta.get("title_field") or "name"
        shown = [df["fieldname"] for df in meta["fields"] if df.get("in_list_view") and not df.get("permlevel")]
        names = dict.fromkeys(["name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", title, *shown])
        wanted = [[doctype, field, "=", value] for field, value in (filters or {}).items()]
        order = (meta.get("sort_field") or "modified").split(",")[0].split()  # the desk sorts by the first
        if words:
            wanted.append([doctype, title, "like", f"%{words}%"])
        asked = {"doctype": doctype, "filters": json.dumps(wanted), "view": "List"}
        answer = self.call(
            kind, "frappe.desk.reportview.get", post=True, **asked, start=0, page_length=PAGE, with_comment_count=1,
            fields=json.dumps([f"`tab{doctype}`.`{name}`" for name in names]),
            order_by=f"`tab{doctype}`.`{order[0]}` {order[-1] if len(order) > 1 else meta.get('sort_order') or 'desc'}",
        )  # fmt: skip
        self.call(
            f"{kind}: how many", "frappe.desk.reportview.get_count", post=True, **asked, distinct="false", limit=1001,
            fields=json.dumps([f"`tab{doctype}`.`name`"]),
        )  # fmt: skip
        if not answer:
            return []
        place = answer["keys"].index("name")
        return [row[place] for row in answer["values"]]

    def open(self, kind: str, doctype: str, name: str) -> dict:
        meta = self._meta(doctype)
        text = self.ask(
            kind, "/api/method/frappe.desk.form.load.getdoc", query={"doctype": doctype, "name": name}
        )
        if meta.get("links"):
            items = json.dumps([link["link_doctype"] for link in meta["links"]])
            self.call(
                f"{kind}: connections", "frappe.desk.notifications.get_open_count", doctype=doctype, name=name, items=items
            )
        return json.loads(text)["docs"][0]

    def add_to_note(self, kind: str, doctype: str, name: str, form: dict, word: str) -> None:
        doc = {**form, "note": f"{form.get('note') or ''} {word}".strip(), "__unsaved": 1}
        self.call(kind, "frappe.desk.form.save.savedocs", post=True, doc=json.dumps(doc), action="Save")

    def do(self, kind: str, doctype: str, name: str, form: dict, action: str) -> None:
        self.call(kind, "frappe.model.workflow.apply_workflow", post=True, doc=json.dumps(form), action=action)

    def choices(self, kind: str, doctype: str, words: str, parent: str, field: str) -> list[str]:
        rows = self.call(
            kind, "frappe.desk.search.search_link", post=True, doctype=doctype, txt=words, page_length=10,
            reference_doctype=parent,
        )  # fmt: skip
        return [row["value"] for row in rows or []]

    def report(self, kind: str, name: str, filters: dict) -> None:
        self.call(kind, "frappe.desk.query_report.run", report_name=name, filters=json.dumps(filters or {}))

    def workspace(self, kind: str, name: str) -> None:
        page = json.dumps({"name": name, "title": name, "public": 1})
        found = self.call(kind, "frappe.desk.desktop.get_desktop_page", post=True, page=page)
        for item in found["number_cards"]["items"]:
            card = self._card(item["number_card_name"])
            if card["type"] == "Custom":
                self.call(f"{kind}: card", card["method"], filters=card.get("filters_json") or "{}")
            else:
                self.call(
                    f"{kind}: card", "frappe.desk.doctype.number_card.number_card.get_result", post=True,
                    doc=json.dumps(card), filters=card.get("filters_json") or "[]",
                )  # fmt: skip
        for item in found["shortcuts"]["items"]:
            if item.get("stats_filter") and item["type"] == "DocType":
                self.call(
                    f"{kind}: shortcut", "frappe.desk.reportview.get_count", post=True, doctype=item["link_to"],
                    filters=item["stats_filter"], fields="[]", distinct="false",
                )  # fmt: skip

    def _card(self, name: str) -> dict:
        key = f"Number Card {name}"
        if key not in self._forms:
            text = self.ask(
                "definition of a form", "/api/method/frappe.desk.form.load.getdoc",
                query={"doctype": "Number Card", "name": name},
            )  # fmt: skip
            self._forms[key] = json.loads(text)["docs"][0]
        return self._forms[key]


DESKS = {"benchless": BenchlessDesk, "frappe": FrappeDesk}


def _text(value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _path_of(place: str) -> str:
    parts = urlsplit(place)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _said(text: str) -> str:
    """What an error's answer says, short enough for a report."""
    found = re.search(r'"exception": ?"([^"]{1,400})', text) or re.search(r'(?s)class="d-note red"[^>]*>(.{1,600})', text)
    text = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", found[1] if found else text[-400:])
    return re.sub(r"\s+", " ", text).strip()[:300]


def _multipart(form: dict, files: dict) -> tuple[bytes, str]:
    mark = "----a-visitor-of-the-load-measurement"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    for name, (file_name, content) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts += [head.encode() + b"Content-Type: application/octet-stream\r\n\r\n", content, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
