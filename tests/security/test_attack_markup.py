"""Markup in every text field of every DocType stays text: lists, forms, papers, reports, pages, messages, workbooks."""

import io
import json
import os
import re
import shutil
import urllib.parse
from pathlib import Path

import openpyxl
import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
FENCE, POISON = (Path(__file__).with_name(name) for name in ("fence.py", "poison.py"))
MARK = re.compile(r"<img src=http://127\.0\.0\.1:9/([\w.]+)")
# The law is not worked out, and a paper not made, of a row that no office made: then nothing is shown.
NOT_OF_SUCH_ROWS = ("name=ROW-", "Statistics%20Forms")

pytestmark = pytest.mark.skipif(bool(os.environ.get("SECURITY_URL")), reason="it spoils the site it looks at")


@pytest.fixture(scope="module")
def spoilt(served, another_site, tmp_path_factory):
    """A copy of the site with a row of every DocType, and markup in every text of it; its administrator."""
    folder = tmp_path_factory.mktemp("spoilt")
    shutil.copytree(served[2], folder, dirs_exist_ok=True)
    told = another_site.run(folder, "run-script", str(FENCE))
    assert int(another_site.run(folder, "run-script", str(POISON)).split()[-1]) > 400
    with another_site.serving(folder) as address:
        admin = another_site.client(address)
        assert admin.post("/api/method/login", usr="Administrator", pwd="admin").status == 200
        yield admin, json.loads(told.splitlines()[-1])


def definitions(kind: str) -> list[dict]:
    paths = sorted(ROOT.glob(f"ansinh_app/*/{kind}/*/*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def pages(admin):
    """Address of every list, of the newest form of each DocType and of its papers, and of every report and page."""
    papers: dict[str, list[str]] = {}
    for layout in definitions("print_format"):
        papers.setdefault(layout["doc_type"], ["Standard"]).append(layout["name"])
    for definition in definitions("doctype"):
        doctype = definition["name"]
        if definition.get("istable"):
            continue
        slug = doctype.lower().replace(" ", "-")
        if definition.get("issingle"):
            yield f"/app/{slug}"
            continue
        yield f"/app/{slug}"
        names = [
            row["name"]
            for order in ("desc", "asc")  # one with a text in every column, one as the office makes it
            for row in admin.get(f"/api/resource/{doctype}", limit_page_length="1", order_by=f"creation {order}").rows
        ]
        for name in dict.fromkeys(names if doctype in papers else names[:1]):
            yield f"/app/{slug}/{urllib.parse.quote(name)}"
            for layout in papers.get(doctype, ["Standard"]):
                query = {"doctype": doctype, "name": name, "format": layout}
                yield "/printview?" + urllib.parse.urlencode(query)
    for report in definitions("report"):
        yield "/app/query-report/" + urllib.parse.quote(report["name"])
    yield from ("/counter", "/cash-list", "/seal-check", "/leader", "/seal-check?b=%3Cimg%20src%3Dhttp%3A//127.0.0.1%3A9/b")


def test_no_page_takes_a_text_for_its_own_markup(spoilt):
    """Every page of the desk and every paper, as the administrator gets them."""
    admin, _told = spoilt
    escaped, broken = 0, {}
    for page in pages(admin):
        answer = admin.raw("GET", page, None, "text/html", Accept="text/html")
        assert answer.status < 500 or any(part in page for part in NOT_OF_SUCH_ROWS), (page, answer.text[:300])
        if MARK.search(answer.text):
            broken[page] = sorted(set(MARK.findall(answer.text)))
        escaped += "127.0.0.1:9/" in answer.text
    assert broken == {}
    assert escaped > 150  # the texts were there, as texts


def test_a_browser_runs_none_of_it(spoilt, chromium):
    """What scripts put on the page: lists, forms with their timeline, a report, the phones' pages, a message."""
    admin, _told = spoilt
    person = admin.get("/api/resource/Beneficiary", limit_page_length="1", order_by="creation desc").rows[0]["name"]
    context = chromium.new_context(base_url=admin.base)
    cookie = next(cookie for handler in admin.opener.handlers for cookie in getattr(handler, "cookiejar", ()))
    sid = next(c for h in admin.opener.handlers for c in getattr(h, "cookiejar", ()) if c.name == "sid").value
    context.add_cookies([{"name": "sid", "value": sid, "domain": cookie.domain, "path": "/"}])
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for path in (
        "/app/beneficiary", f"/app/beneficiary/{person}", "/app/support-case", "/app/payout-batch", "/app/file",
        "/app/query-report/Open%20Cases", "/app/account-campaign", "/app/user", "/leader", "/counter", "/cash-list",
    ):  # fmt: skip
        page.goto(path, wait_until="load")
        page.wait_for_timeout(150)
        assert page.evaluate("window.__pwned") is None, path
    assert not [url for url in asked if "127.0.0.1:9/" in url]
    context.close()


def test_messages_quote_a_text_as_a_text(spoilt):
    """What is refused is said with the text that was sent; the desk shows messages as markup."""
    admin, _told = spoilt
    mark = "<img src=http://127.0.0.1:9/said onerror=window.__pwned=1>"
    number = f"12{mark}"
    tries = [
        ("Beneficiary", {"full_name": mark, "personal_id": number, "date_of_birth": mark}),
        ("Beneficiary", {"full_name": mark, "phone": number, "administrative_unit": mark, "sex": mark}),
        ("Entitlement", {"beneficiary": mark, "category": mark, "effective_from": "2024-01-01"}),
        ("Payment Account", {"provider": mark, "account_no": number, "account_name": mark}),
        ("Registry Change", {"beneficiary": mark, "change_type": mark, "reason": mark}),
        ("Registry Import", {"administrative_unit": mark, "file": mark, "programme": mark}),
        ("Payout Period", {"office": mark, "month": mark}),
        ("Support Case", {"kind": mark, "beneficiary": mark, "subject": mark}),
        ("Report Schedule", {"report": mark, "office": mark, "recipients": mark}),
    ]
    for doctype, values in tries:
        answer = admin.post(f"/api/resource/{doctype}", **values)
        assert 400 <= answer.status < 500, (doctype, answer.text)
        for message in json.loads(answer.json.get("_server_messages", "[]")):
            assert "<img" not in json.loads(message)["message"], (doctype, message)


def test_workbooks_and_pdfs_hold_it_as_text(spoilt):
    """A report as workbook: no formula, no link; as PDF: nothing fetched (the address would not answer)."""
    admin, _told = spoilt
    query = {"report_name": "Open Cases", "file_format_type": "Excel", "filters": "{}", "visible_idx": "[]"}
    book = openpyxl.load_workbook(io.BytesIO(admin.get("/api/method/frappe.desk.query_report.export_query", **query).body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def _outputs(node, escaped=False):
    """(whether it is escaped, expression) of each alternative that an output may be."""
    if isinstance(node, nodes.CondExpr):
        yield from _outputs(node.expr1)
        yield from _outputs(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Or) and not any(safe for safe, _one in _outputs(node.left)):
        yield from _outputs(node.left)
        yield from _outputs(node.right)
    elif isinstance(node, nodes.Or):  # an escaped text, or what stands for none
        yield from _outputs(node.left)
    else:
        yield isinstance(node, nodes.Filter) and node.name in ("e", "escape"), node


def test_no_template_escapes_only_one_of_two_alternatives():
    """`a if b else "" | e` escapes the "" alone: so a payee's name was markup on the list for home delivery."""
    wrong = []
    for path in sorted(ROOT.glob("ansinh_app/**/*.html")):
        for output in Environment(autoescape=True).parse(path.read_text(encoding="utf-8")).find_all(nodes.Output):
            for node in output.nodes:
                found = list(_outputs(node))
                plain = [one for safe, one in found if not safe and isinstance(one, nodes.Name | nodes.Getattr)]
                if plain and len(plain) < len(found) and any(safe for safe, _one in found):
                    wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []
