"""Markup in the names of files and users and in comments: kept as it may be, shown as text by either host's desk."""

import re

import pytest
from test_attack_sessions import ON_A_BENCH

METHOD = "/api/method/"
MARK = "<img src=http://127.0.0.1:9/{0} onerror=window.__pwned=1>"
COMMENTS = (MARK, "<script>window.__pwned=1</script>", "<a href='javascript:window.__pwned=1'>x</a>",
            "<svg onload=window.__pwned=1></svg>", "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>")  # fmt: skip


@pytest.fixture(scope="module")
def hung(who, told):
    """A person with a file, comments and a task that carry markup, by an officer whose name does."""
    admin, officer, person = who("admin"), who.anew("officer"), told["people"]["cash"]
    before = admin.get("/api/resource/User/officer@example.com").json["data"]
    name = {"first_name": MARK.format("first"), "last_name": MARK.format("last")}
    renamed = admin.put("/api/resource/User/officer@example.com", **name)
    made = []
    for number, text in enumerate(COMMENTS):
        answer = officer.post(
            METHOD + "frappe.desk.form.utils.add_comment", reference_doctype="Beneficiary", reference_name=person,
            content=f"seen{number} {text.format('comment')}", comment_email="officer@example.com",
            comment_by=MARK.format("by"),
        )  # fmt: skip
        assert answer.status < 500, answer.text
        if answer.status == 200:
            made.append(("Comment", answer.json["message"]["name"]))
    for file_name in (MARK.format("file") + ".txt", '"><script>window.__pwned=1</script>.txt', "{{ 191 * 70007 }}.txt"):
        values = {"file_name": file_name, "content": "x", "is_private": 1, "attached_to_doctype": "Beneficiary"}
        answer = officer.post("/api/resource/File", **values, attached_to_name=person)
        assert answer.status < 500, answer.text
        if answer.status == 200:
            made.append(("File", answer.json["data"]["name"]))
    assert len(made) > 3 and renamed.status < 500
    yield officer, person
    for doctype, one in made:
        assert admin.delete(f"/api/resource/{doctype}/{one}").status == 202
    admin.put(
        "/api/resource/User/officer@example.com",
        first_name=before["first_name"],
        last_name=before.get("last_name") or "",
    )


def test_a_browser_runs_none_of_it(who, hung, chromium):
    """The form with its timeline and attachments, the list of files and the user, as officer and administrator."""
    _officer, person = hung
    asked = []
    for reader, pages in (
        (who.anew("officer"), (f"/app/beneficiary/{person}", "/app/file")),
        (who.anew("admin"), (f"/app/beneficiary/{person}", "/app/user/officer@example.com")),
    ):
        cookies = [one for handler in reader.opener.handlers for one in getattr(handler, "cookiejar", ())]
        context = chromium.new_context(base_url=reader.base)
        context.add_cookies(
            [
                {"name": "sid", "value": one.value, "domain": one.domain, "path": "/"}
                for one in cookies
                if one.name == "sid"
            ]
        )
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: dialog.dismiss())
        for path in pages:
            page.goto(path, wait_until="load")
            wanted = "seen0" if "beneficiary" in path else "officer@example.com" if "user" in path else "txt"
            page.wait_for_function("word => document.body.innerHTML.includes(word)", arg=wanted, timeout=30_000)
            page.wait_for_timeout(150)
            assert page.evaluate("window.__pwned") is None, path
            assert "13371337" not in page.content(), path
        context.close()
    # A comment is rich text: on a bench a picture in it is fetched, without its script.
    pictures = "127.0.0.1:9/comment" if ON_A_BENCH else None
    assert not [url for url in asked if "127.0.0.1:9/" in url and not (pictures and pictures in url)]


def test_comments_come_out_without_script(who, hung):
    """What the desk's scripts put on the page as markup."""
    officer, person = hung
    info = officer.get(METHOD + "frappe.desk.form.load.get_docinfo", doctype="Beneficiary", name=person).json
    comments = (info.get("docinfo") or info["message"])["comments"]
    written = [one["content"] for one in comments if "seen" in one["content"]]
    assert len(written) == len(COMMENTS)
    for content in written:
        assert not re.search(r"<script|<iframe|<[^>]*\bon\w+\s*=|<[^>]*javascript:", content), content
