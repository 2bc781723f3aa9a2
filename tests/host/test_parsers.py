"""What the host reads from strangers: each piece is read, or refused as the caller's fault; never an error of its own."""

import datetime
import json
import os
from html.parser import HTMLParser

import frappe
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rest_client import Http

# A request takes a hundred times as long as a function.
REQUESTS = settings(max_examples=300 if os.environ.get("FUZZ") else 20)
NOTE, READER, PASSWORD = "Parsed Note", "parsing@example.com", "lantern-orchid-75"
FIELDS = ("name", "title", "number", "amount", "day", "moment", "clock", "kind", "owner", "modified", "docstatus")

# What the others put into a request: names of fields, of operators, of SQL; broken JSON, endless numbers, half letters.
_ODD = st.sampled_from(
    "|'|\"|`|%|\\|\x00|\ud800|(|)|--|;|[|{|}|,|null|nan|inf|1e999|-1|9999999999999999999|2024-13-45|0000-00-00|25:61|"
    "2024-02-30 12:00:00|today|last month|6 months|set|not set|name|title|`tabUser`.name|count(*)|count(name) as n|"
    "sum(amount)|distinct name|* |name as x|title asc|1 desc|ifnull(title, 1)|user.name|kind.title|é|Đ|👴|../..|True".split("|")
)
TEXTS = st.one_of(st.text(max_size=12), _ODD, st.lists(_ODD, max_size=4).map("".join), st.sampled_from(FIELDS))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**25), 10**25), st.floats(), TEXTS)
VALUES = st.recursive(
    SCALARS, lambda part: st.one_of(st.lists(part, max_size=4), st.dictionaries(TEXTS, part, max_size=3)), max_leaves=6
)
OPERATORS = st.one_of(
    st.sampled_from(("=", "!=", "like", "not like", "in", "not in", "between", "timespan", "is", ">", "<=", "descendants of",
                     "ancestors of", "previous", "next", "IN", "Between", "==", "<>", "regexp", "fulltext")), TEXTS,
)  # fmt: skip
NAMES = st.one_of(st.sampled_from(FIELDS), TEXTS)
FILTERS = st.one_of(
    VALUES,
    st.dictionaries(NAMES, st.one_of(VALUES, st.tuples(OPERATORS, VALUES).map(list)), max_size=2),
    st.lists(st.tuples(NAMES, OPERATORS, VALUES).map(list), max_size=2),
    st.lists(st.tuples(st.just(NOTE), NAMES, OPERATORS, VALUES).map(list), max_size=2),
)


@pytest.fixture(scope="module")
def reader(sites):
    if not getattr(frappe.local, "db", None):
        frappe.init(sites)
        frappe.connect()
    frappe.set_user("Administrator")
    if not frappe.db.exists("DocType", NOTE):
        frappe.get_doc({"doctype": "Role", "role_name": "Parsed User", "desk_access": 1}).insert()
        frappe.get_doc(
            {
                "doctype": "User", "email": READER, "first_name": "Par", "send_welcome_email": 0,
                "new_password": PASSWORD, "roles": [{"role": "Parsed User"}], "user_type": "System User",
            }
        ).insert()  # fmt: skip
        kinds = {"title": "Data", "number": "Int", "amount": "Currency", "day": "Date", "moment": "Datetime",
                 "clock": "Time", "kind": "Link", "story": "Text Editor"}  # fmt: skip
        frappe.get_doc(
            {
                "doctype": "DocType", "name": NOTE, "module": "Core", "custom": 1, "autoname": "hash",
                "fields": [
                    {"fieldname": name, "fieldtype": kind, "label": name.title(),
                     "options": "User" if kind == "Link" else None}
                    for name, kind in kinds.items()
                ],
                "permissions": [{"role": "Parsed User", "read": 1, "write": 1, "create": 1, "delete": 1, "report": 1}],
            }
        ).insert()  # fmt: skip
    frappe.get_doc({"doctype": NOTE, "title": "one", "number": 3, "day": "2024-05-01", "kind": READER}).insert()
    frappe.db.commit()
    return Http(frappe.local.site).sign_in(READER, PASSWORD)


def sent(value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def allowed(answer) -> None:
    """An answer, or a refusal that says why; a fault of the host's own is neither."""
    assert answer.status_code < 500, answer.text[-1500:]
    if answer.status_code >= 400:
        told = answer.json
        assert told.get("exception") or told.get("exc_type") or told.get("errors") or told.get("_server_messages"), told


def test_questions_of_all_kinds(reader):
    @REQUESTS
    @given(FILTERS, st.one_of(VALUES, st.lists(NAMES, max_size=3)), TEXTS, TEXTS, SCALARS)
    @example([["day", "between", "x"]], ["name"], "", "", 1)
    @example({"moment": ["timespan", "x"]}, ["name"], "", "", 1)
    @example({"day": 1}, ["name"], "", "", 1)
    @example({"moment": 1}, ["name"], "", "", 1)
    @example([["day", "between", [True, "0000-00-00"]]], ["name"], "", "", 1)
    @example([["number", "=", 10**25]], ["name"], "name desc", "", 1)
    def ask(filters, fields, order_by, group_by, length):
        query = {"filters": sent(filters), "fields": sent(fields), "order_by": order_by, "group_by": group_by,
                 "limit_page_length": sent(length)}  # fmt: skip
        query = {key: value.encode("utf-8", "surrogatepass") for key, value in query.items() if value}
        allowed(reader.get(f"/api/resource/{NOTE}", query=query))
        allowed(reader.get("/api/method/frappe.client.get_count", query={"doctype": NOTE, **query}))
        allowed(reader.get("/api/method/frappe.desk.reportview.get", query={"doctype": NOTE, **query}))
        allowed(reader.get("/api/method/frappe.client.get_value",
                           query={"doctype": NOTE, "fieldname": query.get("fields", b"title"), **query}))  # fmt: skip

    ask()


def test_documents_of_all_kinds(reader):
    fields = st.sampled_from((*FIELDS, "story", "doctype", "flags", "__islocal"))
    values = st.dictionaries(st.one_of(fields, TEXTS), VALUES)

    @REQUESTS
    @given(st.one_of(values, VALUES))
    @example({"title": "\ud800"})
    @example({"number": 10**25})
    @example({"amount": "1e400"})
    @example({"day": "2024-02-31"})
    @example({"moment": "0"})
    @example({"set": None, "check_permission": 1, "validate": "x"})
    def write(body):
        allowed(reader.post(f"/api/resource/{NOTE}", body=body))
        allowed(reader.post("/api/method/frappe.client.insert", body={"doc": body}))
        allowed(reader.post("/api/method/frappe.client.save", body={"doc": sent(body)}))

    write()


def test_bodies_of_all_kinds(reader):
    kinds = st.sampled_from(
        ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
         "multipart/form-data", "text/plain; charset=utf-99", "application/json; charset=utf-16")
    )  # fmt: skip

    @REQUESTS
    @given(st.binary(max_size=80), kinds, st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40))
    @example(b'{"a": ' * 100_000, "application/json", "")
    @example(b"[" * 100_000, "application/json", "")
    @example(b'--x\r\nContent-Disposition: form-data; name="file"; filename="../a\x00.txt"\r\n\r\nx\r\n--x--',
             "multipart/form-data; boundary=x", "")  # fmt: skip
    def send(body, kind, cookie):
        headers = {"Content-Type": kind, "Accept-Language": cookie, "X-Frappe-CSRF-Token": cookie}
        for path in ("/api/method/ping", "/api/resource/User?doctype=User", "/api/method/upload_file"):
            allowed(reader.request("POST", path, form=body, headers=headers))
        guest.client.set_cookie("sid", "x", domain="localhost")
        allowed(guest.get("/api/method/ping", headers={"Cookie": f"sid={cookie}", "Authorization": f"token {cookie}"}))

    guest = Http(frappe.local.site)
    send()


# functions of the host, called as apps call them


def answer(function, errors, *arguments):
    try:
        return function(*arguments)
    except errors:
        return None


REFUSED = (frappe.ValidationError, ValueError, TypeError)


@given(st.one_of(SCALARS, st.dates(), st.datetimes()))
@example("9" * 5000)
@example("1e400")
def test_values_of_all_kinds(value):
    assert isinstance(frappe.utils.cint(value), int) and isinstance(frappe.utils.flt(value), float)
    assert isinstance(frappe.utils.cstr(value), str) and isinstance(frappe.utils.sbool(value), object)
    for function in (frappe.utils.getdate, frappe.utils.get_datetime, frappe.utils.get_time, frappe.utils.get_timedelta):
        answer(function, REFUSED, value)
    for kind in ("Data", "Int", "Float", "Currency", "Percent", "Date", "Datetime", "Time", "Check", "Duration", "Rating"):
        shown = answer(frappe.format_value, REFUSED, value, {"fieldtype": kind, "fieldname": "x"})
        assert shown is None or isinstance(shown, str | int | float | datetime.date)
    answer(frappe.parse_json, ValueError, value)


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(
    "<script>|</script>|<a href='javascript:x'>|<img src=x onerror=x>|<b>|</b>|<!--|-->|<![CDATA[|]]>|&lt;|&#x6a;|\x00|"
    "<svg/onload=x>|<style>|<p style='x:expression(1)'>|<math>|<template>|text|<|>|\"|'".split("|")), max_size=8).map("".join)
))  # fmt: skip
def test_cleaned_html_holds_no_script_and_stays_as_it_is(text):
    from frappe.utils.html_utils import sanitize_html

    from benchless.desk.values import clean_html

    for function in (clean_html, sanitize_html):
        once = function(text)
        assert function(once) == once
    seen = _Seen()
    seen.feed(sanitize_html(text, always_sanitize=True) + clean_html(text))
    assert not seen.tags & {"script", "style", "svg", "math", "template"}
    assert not [name for name, value in seen.attributes if name.startswith("on") or "javascript:" in (value or "")]


class _Seen(HTMLParser):
    """What a browser makes of a text: its tags and their attributes."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


@given(st.text(max_size=30) | st.lists(st.sampled_from("* */5 0 59 60 1-5 mon jan L # ? 1,2 */0 0-60 @daily".split()),
                                      min_size=1, max_size=7).map(" ".join))  # fmt: skip
def test_a_cron_line_is_read_or_refused(line):
    from croniter import croniter

    if croniter.is_valid(line):
        answer(lambda: croniter(line, datetime.datetime(2024, 5, 1)).get_next(), ValueError)


@given(st.text(max_size=60) | st.lists(st.sampled_from(
    "{{|}}|{%|%}|for|in|if|x|doc|.|[|]|(|)|range|**|*|9|'a'|lambda|:|import|__class__|frappe|and|not".split("|")), max_size=12
).map(" ".join))  # fmt: skip
def test_templates_and_expressions_are_rendered_or_refused(text):
    answer(frappe.render_template, (*REFUSED, SyntaxError), text, {"doc": frappe._dict(name="x")})
    answer(frappe.safe_eval, (*REFUSED, SyntaxError, NameError, AttributeError, ArithmeticError, LookupError), text)
