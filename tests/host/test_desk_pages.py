"""The desk's pages as people of different roles meet them."""

import datetime
import io
import json
import re

import frappe
import pytest
from desk_browser import Browser, modified_of, text_of
from desk_world import CASE, CLERK, MANAGER, PASSWORD, STRANGER, make_case
from openpyxl import load_workbook

from benchless.desk import values, widgets
from benchless.desk.values import for_input

LIST = f"/desk/list/{CASE}".replace(" ", "%20")
pytestmark = pytest.mark.usefixtures("desk")


def new_case(**values) -> str:
    """A committed case, made by Administrator."""
    frappe.set_user("Administrator")
    name = make_case(**{"full_name": "Vũ Thị Thử", "town": "T1", "amount": 540000, **values}).name
    frappe.db.commit()
    return name


def stored(name):
    frappe.db.rollback()
    frappe.clear_document_cache(CASE, name)
    return frappe.get_doc(CASE, name)


# signing in


def test_a_visitor_is_sent_to_the_login_page_and_back():
    response = Browser().get(LIST)
    assert response.status_code == 302 and response["Location"].startswith("/login?next=")
    response = Browser().post("/login", {"usr": CLERK, "pwd": PASSWORD, "next": LIST})
    assert response["Location"] == LIST


def test_login_never_leads_to_another_host():
    response = Browser().post("/login", {"usr": CLERK, "pwd": PASSWORD, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/desk/"


def test_a_wrong_password_is_refused_in_vietnamese():
    browser = Browser()
    response = browser.post("/login", {"usr": CLERK, "pwd": "wrong"}, headers={"accept-language": "vi"})
    assert response.status_code == 401
    assert "Sai tên đăng nhập hoặc mật khẩu" in text_of(response)
    assert browser.get(LIST).status_code == 302


def test_the_session_cookie_is_not_for_scripts_and_not_for_other_sites():
    browser = Browser()
    cookie = browser.post("/login", {"usr": CLERK, "pwd": PASSWORD}).cookies["sid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_a_changed_password_ends_the_session(clerk):
    assert clerk.get(LIST).status_code == 200
    from frappe.utils.password import update_password

    update_password(CLERK, PASSWORD + "!")
    update_password(CLERK, PASSWORD)
    frappe.db.commit()
    assert clerk.get(LIST).status_code == 302


def test_signing_out_ends_the_session(clerk):
    clerk.post("/desk/logout")
    assert clerk.get(LIST).status_code == 302


def test_a_form_without_its_token_is_refused():
    response = Browser(check_csrf=True).post("/login", {"usr": CLERK, "pwd": PASSWORD})
    assert response.status_code == 403


def test_the_language_switch_stays(clerk):
    assert "Đăng xuất" in text_of(clerk.get("/desk/", follow=True))
    clerk.post("/desk/language", {"language": "en"})
    page = text_of(clerk.get("/desk/", follow=True))
    clerk.post("/desk/language", {"language": "vi"})
    assert "Log out" in page and "Đăng xuất" not in page


# every page


@pytest.mark.parametrize("path", ["/login", "/desk/workspace/Desk Office", LIST, f"/desk/new/{CASE}",
                                  "/desk/report/Desk Case Money"])  # fmt: skip
def test_pages_ask_no_other_host_for_anything(path):
    browser = Browser() if path == "/login" else Browser().sign_in(MANAGER)
    response = browser.get(path)
    assert response.status_code == 200
    assert not re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", response.content.decode())
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN" and response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


# home


def test_home_counts_under_the_users_own_permissions(clerk):
    page = text_of(clerk.get("/desk/workspace/Desk Office"))
    assert "Cases" in page and "Money of Cases" in page and "Towns" in page


def test_a_stranger_has_an_empty_home_and_no_list():
    stranger = Browser().sign_in(STRANGER)
    assert stranger.get("/desk/workspace/Desk Office").status_code == 403
    assert stranger.get(LIST).status_code == 403
    name = frappe.get_all(CASE, pluck="name", limit=1)[0]
    assert stranger.get(f"/desk/form/{CASE}/{name}").status_code == 403
    assert stranger.get(f"/desk/print/{CASE}/{name}").status_code == 403
    assert stranger.get(f"/printview?doctype={CASE}&name={name}").status_code == 403
    assert stranger.get("/desk/report/Desk Case Money").status_code == 403


# lists


def test_a_list_has_pages_of_fifty(clerk):
    first, second = clerk.get(LIST).content.decode(), clerk.get(LIST + "?_page=2").content.decode()
    assert first.count('class="d-title') == 50
    assert second.count('class="d-title') >= 10 and 'rel="prev"' in second


def test_search_and_filter_narrow_the_list(clerk):
    found = clerk.get(LIST, data={"_q": "Thử 07"}).content.decode()
    assert found.count('class="d-title') == 1 and "Thử 07" in found
    filtered = clerk.get(LIST, data={"kind": "One-off", "town": "T1"}).content.decode()
    assert 0 < filtered.count('class="d-title') < 20
    assert "Không có bản ghi nào khớp" in text_of(clerk.get(LIST, data={"_q": "nobody of this name"}))


def test_a_hidden_field_can_be_neither_filtered_nor_sorted_by(clerk):
    everything = clerk.get(LIST).content.decode().count('class="d-title')
    guess = clerk.get(LIST, data={"secret": "no such value"}).content.decode()
    assert guess.count('class="d-title') == everything
    assert clerk.get(LIST, data={"_sort": "secret asc"}).status_code == 200


def test_links_show_titles_and_states_show_colours(clerk):
    page = clerk.get(LIST).content.decode()
    assert "Bình Minh" in page and re.search(r'd-pill gray">\s*Draft|d-pill gray">\s*Nháp', page)


def test_the_exported_workbook_holds_text_and_never_formulas(clerk):
    new_case(full_name="=1+1")
    response = clerk.get(f"{LIST}/export", data={"_q": "=1+1"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = list(sheet.iter_rows())
    cell = next(cell for cell in rows[1] if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert 540000 in [cell.value for cell in rows[1]]


# forms


def form_data(response, name=None, **values) -> dict:
    """What a browser would post: the page's own hidden values and these."""
    return {"_action": "save", "modified": modified_of(response), **values}


def test_a_clerk_makes_a_case_with_rows(clerk):
    page = clerk.get(f"/desk/new/{CASE}")
    assert page.status_code == 200
    data = {
        "f.full_name": "Đỗ Thị Mới", "f.town": "T2", "f.kind": "Regular", "f.amount": "1.080.000", "f.born_on": "03/02/1950",
        "f.urgent": ["0", "1"], "t.rows.__shown": "1", "t.rows.__order": ["n1", "n2"],
        "t.rows.n1.what": "Gạo", "t.rows.n1.price": "150.000", "t.rows.n2.what": "Muối", "t.rows.n2.given_on": "1/2/2025",
    }  # fmt: skip
    response = clerk.post(f"/desk/new/{CASE}", {"_action": "save", **data})
    assert response.status_code == 302, text_of(response)
    doc = stored(response["Location"].rsplit("/", 1)[1])
    assert (doc.full_name, doc.amount, doc.urgent, doc.owner) == ("Đỗ Thị Mới", 1080000, 1, CLERK)
    assert [(row.what, row.price, row.idx) for row in doc.rows] == [("Gạo", 150000, 1), ("Muối", 0, 2)]
    assert (str(doc.born_on), str(doc.rows[1].given_on)) == ("1950-02-03", "2025-02-01")


def test_a_date_that_is_none_is_refused(clerk):
    data = {"_action": "save", "f.full_name": "Sai Ngày", "f.kind": "Regular", "f.born_on": "31/02/1950"}
    response = clerk.post(f"/desk/new/{CASE}", data)
    assert response.status_code == 417 and "31/02/1950" in text_of(response)


def test_a_missing_value_is_named_and_nothing_is_written(clerk):
    before = frappe.db.count(CASE)
    response = clerk.post(f"/desk/new/{CASE}", {"_action": "save", "f.full_name": "", "f.phone": "0901234567"})
    assert response.status_code == 417
    assert "Whole Name" in text_of(response) and 'value="0901234567"' in response.content.decode()
    frappe.db.rollback()
    assert frappe.db.count(CASE) == before


def test_rows_can_be_changed_removed_and_moved(clerk):
    name = new_case()
    rows = stored(name).rows
    page = clerk.get(f"/desk/form/{CASE}/{name}")
    data = form_data(
        page,
        **{
            "t.rows.__shown": "1", "t.rows.__order": ["n1", "1"], "t.rows.__names": [rows[0].name, rows[1].name],
            "t.rows.1.__name": rows[1].name, "t.rows.1.what": "Chăn ấm", "t.rows.n1.what": "Dầu",
        },
    )  # fmt: skip
    assert clerk.post(f"/desk/form/{CASE}/{name}", data).status_code == 302
    after = stored(name).rows
    assert [row.what for row in after] == ["Dầu", "Chăn ấm"] and after[1].name == rows[1].name


def test_a_field_above_the_users_level_is_neither_shown_nor_written(clerk, manager):
    name = new_case()
    page = clerk.get(f"/desk/form/{CASE}/{name}")
    assert "only managers" not in page.content.decode()
    assert "only managers" in manager.get(f"/desk/form/{CASE}/{name}").content.decode()
    clerk.post(f"/desk/form/{CASE}/{name}", form_data(page, **{"f.secret": "taken", "f.phone": "0911"}))
    assert (stored(name).secret, stored(name).phone) == ("only managers", "0911")


def test_who_saves_an_old_page_is_told_and_overwrites_nothing(clerk):
    name = new_case()
    page = clerk.get(f"/desk/form/{CASE}/{name}")
    assert clerk.post(f"/desk/form/{CASE}/{name}", form_data(page, **{"f.phone": "1"})).status_code == 302
    late = clerk.post(f"/desk/form/{CASE}/{name}", form_data(page, **{"f.phone": "2"}))
    assert late.status_code == 417 and 'role="alert"' in late.content.decode()
    assert stored(name).phone == "1"


def test_script_in_a_value_stays_text(clerk):
    name = new_case(full_name="<script>alert(1)</script>")
    for path in (f"/desk/form/{CASE}/{name}", LIST + "?_q=alert"):
        assert "<script>alert(1)" not in clerk.get(path).content.decode()


def test_workflow_buttons_are_those_of_the_role_and_work(clerk, manager):
    name = new_case()
    url = f"/desk/form/{CASE}/{name}"
    page = clerk.get(url)
    assert 'value="workflow:Send"' in page.content.decode() and "workflow:Approve" not in page.content.decode()
    assert 'value="workflow:Send"' not in manager.get(url).content.decode()
    assert clerk.post(url, {"_action": "workflow:Send", "modified": modified_of(page)}).status_code == 302
    assert stored(name).workflow_state == "Waiting"
    refused = clerk.post(url, {"_action": "workflow:Approve"})
    assert refused.status_code in (403, 417) and stored(name).docstatus == 0
    assert manager.post(url, {"_action": "workflow:Approve"}).status_code == 302
    assert (stored(name).workflow_state, stored(name).docstatus) == ("Approved", 1)
    assert 'value="save"' not in clerk.get(url).content.decode()


def test_a_state_that_is_not_the_users_to_edit_is_read_only(clerk):
    name = new_case()
    url = f"/desk/form/{CASE}/{name}"
    clerk.post(url, {"_action": "workflow:Send"})
    page = clerk.get(url).content.decode()
    assert 'value="save"' not in page and 'name="f.full_name"' not in page


def test_bulk_action_does_what_it_can_and_names_the_rest(clerk):
    ready, sent = new_case(full_name="Bulk Một"), new_case(full_name="Bulk Hai")
    clerk.post(f"/desk/form/{CASE}/{sent}", {"_action": "workflow:Send"})
    response = clerk.post(LIST + "?_q=Bulk", {"_action": "workflow:Send", "names": [ready, sent]}, follow=True)
    assert stored(ready).workflow_state == "Waiting"
    assert sent in text_of(response)


def test_an_attached_file_is_private_and_readable_only_with_the_document(clerk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("giay.txt", "Giấy xác nhận".encode(), content_type="text/plain")
    response = clerk.post(
        f"/desk/new/{CASE}", {"_action": "save", "f.full_name": "Có Giấy", "f.kind": "Regular", "f.paper": upload}
    )
    assert response.status_code == 302, text_of(response)
    name = response["Location"].rsplit("/", 1)[1]
    url = stored(name).paper
    assert url.startswith("/private/files/")
    assert frappe.db.get_value("File", {"file_url": url}, "attached_to_name") == name
    sent = clerk.get(url)
    assert b"".join(sent.streaming_content).decode() == "Giấy xác nhận"
    assert Browser().get(url).status_code in (302, 403)
    assert Browser().sign_in(STRANGER).get(url).status_code == 403
    assert clerk.get("/private/files/../../site_config.json").status_code in (403, 404)


def test_a_comment_and_the_changes_stand_in_the_history(clerk):
    frappe.set_test_mode(False)  # in tests Frappe keeps no versions
    name = new_case()
    url = f"/desk/form/{CASE}/{name}"
    clerk.post(url, {"_action": "comment", "comment": "Đã gọi điện <b>"})
    saved = clerk.post(url, form_data(clerk.get(url), **{"f.phone": "0988"}))
    assert saved.status_code == 302, text_of(saved)
    page = text_of(clerk.get(url))
    frappe.set_test_mode(True)
    assert "Đã gọi điện" in page and "0988" in page


def test_deleting_needs_the_right(clerk, manager):
    name = new_case()
    url = f"/desk/form/{CASE}/{name}"
    assert clerk.post(url, {"_action": "delete"}).status_code == 403
    assert manager.post(url, {"_action": "delete"}).status_code == 302
    frappe.db.rollback()
    assert not frappe.db.exists(CASE, name)


def test_connections_count_what_points_here(clerk):
    page = text_of(clerk.get("/desk/form/Desk Town/T1"))
    assert re.search(r"Desk Case \d+", page)


def test_link_choices_are_those_the_user_may_read(clerk):
    answer = clerk.get("/desk/link/Desk Town", data={"txt": "bình", "parent": CASE, "field": "town"}).json()
    assert [row["value"] for row in answer["results"]] == ["T1"]
    assert Browser().sign_in(STRANGER).get("/desk/link/Desk Town", data={"txt": ""}).status_code == 403


# reports and paper


def test_a_report_shows_filters_table_and_total(clerk):
    page = clerk.get("/desk/report/Desk Case Money")
    assert page.status_code == 200
    assert "Case Amount" in text_of(page) and "d-bold" in page.content.decode()
    assert "Không có số liệu" not in text_of(page)


def test_a_report_leaves_as_workbook_and_as_pdf(clerk):
    response = clerk.get("/desk/report/Desk Case Money", data={"kind": "Regular", "_export": "xlsx"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]] == ["Case", "Whole Name", "Case Amount"] and sheet.max_row > 30
    pdf = clerk.get("/desk/report/Desk Case Money", data={"kind": "Regular", "_export": "pdf"})
    assert pdf.content.startswith(b"%PDF")


def test_an_apps_stand_in_for_the_export_makes_the_workbook(clerk, monkeypatch):
    hooks = frappe.get_hooks
    stand_in = {"frappe.desk.query_report.export_query": ["frappe.ping"]}
    monkeypatch.setattr(
        frappe,
        "get_hooks",
        lambda hook=None, *more, **named: stand_in
        if hook == "override_whitelisted_methods"
        else hooks(hook, *more, **named),
    )
    response = clerk.get("/desk/report/Desk Case Money", data={"kind": "Regular", "_export": "xlsx"})
    assert response.json()["message"] == "pong"


def test_the_print_runs_no_script_and_has_a_pdf(clerk):
    name = new_case(full_name="In Thử")
    page = clerk.get(f"/desk/print/{CASE}/{name}").content.decode()
    assert "Desk Case Slip" in page
    paper = clerk.get("/printview", data={"doctype": CASE, "name": name, "format": "Desk Case Slip"})
    assert "Phiếu In Thử" in paper.content.decode() and "script-src" not in paper["Content-Security-Policy"]
    assert "default-src 'none'" in paper["Content-Security-Policy"]
    pdf = clerk.get(
        "/api/method/frappe.utils.print_format.download_pdf",
        data={"doctype": CASE, "name": name, "format": "Desk Case Slip"},
    )
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")


def test_frappes_own_addresses_lead_to_the_pages(clerk):
    name = new_case()
    assert clerk.get(f"/app/desk-case/{name}")["Location"] == f"/desk/form/Desk%20Case/{name}"
    assert clerk.get("/app/desk-case")["Location"] == "/desk/list/Desk%20Case"
    assert clerk.get("/app/desk-case/view/report")["Location"] == "/desk/report-builder/Desk%20Case"
    assert clerk.get("/app/desk-case/view/tree")["Location"] == "/desk/tree/Desk%20Case"
    assert clerk.get("/app/query-report/Desk Case Money")["Location"] == "/desk/report/Desk%20Case%20Money"


def test_the_search_box_offers_only_what_the_user_may_open(clerk):
    assert "Desk Case" in text_of(clerk.get("/desk/search", data={"s": "desk case"}))
    assert "Desk Case" not in text_of(Browser().sign_in(STRANGER).get("/desk/search", data={"s": "desk case"}))


def test_an_action_runs_through_the_api_with_the_sessions_token(clerk):
    page = clerk.get(f"/desk/new/{CASE}").content.decode()
    token = re.search(r'name="csrf-token" content="([^"]+)"', page).group(1)
    body = json.dumps({"doctype": CASE})
    path = "/api/method/frappe.client.get_count"
    refused = clerk.post(path, body, content_type="application/json")
    assert refused.status_code == 400 and refused.json()["exc_type"] == "CSRFTokenError"
    allowed = clerk.post(path, body, content_type="application/json", headers={"X-Frappe-CSRF-Token": token})
    assert allowed.json()["message"] >= 60


def test_a_time_of_day_fills_its_input():
    """Databases give 7:30:00 and fractions of a second; an input of a browser takes hh:mm:ss only."""
    morning = datetime.timedelta(hours=7, minutes=30)
    field = frappe._dict(fieldtype="Time")
    assert [for_input(field, value) for value in (morning, "7:30:00", "13:05:09.250000")] == [
        "07:30:00", "07:30:00", "13:05:09",
    ]  # fmt: skip


def test_a_text_editor_that_may_only_be_read_shows_its_tables_and_no_script():
    sent = '<table onclick="x()"><tr><td>A &amp; B</td></tr></table><a href="/app/x">C</a>'
    sent += '<a href="//else">D</a><script>e</script>'
    shown = str(widgets.render({"widget": "textarea", "readonly": True, "rich": values.clean_html(sent)}))
    assert "<table><tr><td>A &amp; B</td></tr></table>" in shown and '<a href="/app/x">C</a>' in shown
    assert not re.search("onclick|script|else", shown)


def test_a_virtual_field_is_worked_out_for_the_reader():
    class Case:
        @property
        def age(self):
            return frappe.session.user

        def as_dict(self):
            return {"double": 4}

    assert values.worked_out(Case(), frappe._dict(fieldname="age")) == frappe.session.user
    assert values.worked_out(Case(), frappe._dict(fieldname="double")) == 4


def test_a_picture_is_seen_before_it_is_opened():
    from benchless.desk import widgets

    field = {"name": "p", "label": "P", "widget": "attach", "display": "a<b.png", "url": "/private/files/a<b.png"}
    for more in ({}, {"readonly": True}):
        shown = widgets.render({**field, "fieldtype": "Attach Image", **more})
        assert '<img class="d-picture" src="/private/files/a&lt;b.png" alt="a&lt;b.png"' in shown
        assert "<img" not in widgets.render({**field, "fieldtype": "Attach", **more})
