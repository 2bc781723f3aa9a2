"""What hangs on documents and what is made of them: files, versions, comments, searches, reports, exports, pages."""

import json

import fence_table as table
import pytest

pytestmark = pytest.mark.usefixtures("fence")
METHOD = "/api/method/"
# On side B, or nowhere: nothing of side A may reach them.
FOREIGN = ("manager_b", "commune_b", "bank_b", "post", "police_nowhere", "outsider", "guest")
MARKS = ("ROW-A-Payout Batch", "ROW-A full_name", "ROW-A content", "ROW-A version", "ROW-A comment", "ROW-A task")
DOCUMENTS = ("Beneficiary", "Payout Batch")


def client(who, persona: str):
    return who("guest" if persona == "guest" else f"fen.{persona}")


def visitor(who, persona: str):
    """The persona in a browser of its own: whoever was shown a page needs its token to send anything."""
    return who.anew("guest" if persona == "guest" else f"fen.{persona}")


def clean(answer, what, *more: str) -> None:
    """Whatever the status, nothing of side A stands in the answer."""
    found = [mark for mark in (*MARKS, *more) if mark in answer.text]
    assert not found, (what, found, answer.text[:500])


@pytest.mark.parametrize("persona", FOREIGN)
def test_what_hangs_on_a_foreign_document_is_not_told(who, persona):
    reader = client(who, persona)
    for doctype in ("File", "Version", "Comment", "ToDo", "Communication", "DocShare", "Access Log", "Prepared Report",
                    "Activity Log", "Deleted Document", "Error Log", "View Log", "Tag Link", "Document Follow",
                    "Notification Log", "Email Queue"):  # fmt: skip
        clean(reader.list(doctype, fields=["*"]), doctype)
        clean(reader.list(doctype, fields=["name", "owner"]), doctype)
    for doctype in DOCUMENTS:
        name = table.row("A", doctype)
        for method, asked in {
            "frappe.desk.form.load.getdoc": {"doctype": doctype, "name": name},
            "frappe.desk.form.load.get_docinfo": {"doctype": doctype, "name": name},
            "frappe.desk.form.linked_with.get": {"doctype": doctype, "docname": name},
            "frappe.desk.form.load.get_communications": {"doctype": doctype, "name": name},
            "frappe.desk.link_preview.get_preview_data": {"doctype": doctype, "docname": name},
            "frappe.desk.search.get_link_title": {"doctype": doctype, "docname": name},
            "frappe.client.get": {"doctype": doctype, "name": name},
            "frappe.client.validate_link": {"doctype": doctype, "docname": name, "fields": ["full_name", "seal"]},
            "frappe.desk.form.linked_with.get_submitted_linked_docs": {"doctype": doctype, "name": name},
            "frappe.desk.notifications.get_open_count": {"doctype": doctype, "name": name},
            "frappe.model.workflow.get_transitions": {"doc": json.dumps({"doctype": doctype, "name": name})},
        }.items():  # fmt: skip
            answer = reader.get(METHOD + method, **asked)
            told = answer.text.replace(name, "")  # what was asked may be said again
            assert not [mark for mark in MARKS if mark in told], (method, told[:500])


@pytest.mark.parametrize("persona", FOREIGN)
def test_nothing_is_hung_on_a_foreign_document(who, persona):
    reader, let_through = client(who, persona), []
    for doctype in DOCUMENTS:
        name = table.row("A", doctype)
        for method, asked in {
            "frappe.desk.form.utils.add_comment": {
                "reference_doctype": doctype, "reference_name": name, "content": "hung", "comment_email": "x@example.com",
                "comment_by": "x",
            },
            "frappe.desk.form.assign_to.add": {
                "doctype": doctype, "name": name, "assign_to": ["fen.officer@example.com"], "description": "hung",
            },
            "frappe.share.add": {"doctype": doctype, "name": name, "user": "fen.outsider@example.com", "read": 1},
            "frappe.desk.doctype.tag.tag.add_tag": {"tag": "hung", "dt": doctype, "dn": name},
            "frappe.desk.like.toggle_like": {"doctype": doctype, "name": name, "add": "Yes"},
            "frappe.model.workflow.apply_workflow": {
                "doc": json.dumps({"doctype": doctype, "name": name}), "action": "Approve",
            },
            "run_doc_method": {"dt": doctype, "dn": name, "method": "validate"},
            "frappe.client.set_value": {"doctype": doctype, "name": name, "fieldname": "village", "value": "hung"},
            "frappe.client.delete": {"doctype": doctype, "name": name},
            "frappe.client.cancel": {"doctype": doctype, "name": name},
            "frappe.client.rename_doc": {"doctype": doctype, "old_name": name, "new_name": "hung"},
            "frappe.core.doctype.communication.email.make": {
                "doctype": doctype, "name": name, "content": "hung", "subject": "hung", "recipients": "x@example.com",
                "send_email": 0,
            },
        }.items():  # fmt: skip
            answer = reader.post(METHOD + method, **asked)
            if answer.status < 400:
                let_through.append((method, doctype, answer.text))
        admin = who("admin")
        assert "hung" not in admin.get(f"/api/resource/{doctype}/{name}").text, persona
        for hung, by in (("Comment", "reference_name"), ("ToDo", "reference_name"), ("DocShare", "share_name"),
                         ("Communication", "reference_name"), ("Tag Link", "document_name")):  # fmt: skip
            found = admin.list(hung, filters={by: name}, fields=["*"])
            assert found.status in (200, 404) and "hung" not in found.text, (hung, persona)
            assert hung != "DocShare" or not found.rows, persona
    assert not let_through


def test_the_own_side_finds_all_this(who):
    """What the others are refused is there: the walk would see it."""
    reader, name = visitor(who, "commune_a"), table.row("A", "Beneficiary")
    file = who("admin").list("File", filters={"attached_to_name": name}, fields=["file_url"]).rows[0]
    assert reader.get(file["file_url"]).text == "ROW-A content of Beneficiary"
    found = reader.get(METHOD + "frappe.desk.search.search_link", doctype="Beneficiary", txt="ROW-A", page_length=50)
    assert name in found.text
    info = reader.get(METHOD + "frappe.desk.form.load.get_docinfo", doctype="Beneficiary", name=name)
    for mark in ("ROW-A version", "ROW-A comment", "ROW-A task"):
        assert mark in info.text, (mark, info.text)
    exported = reader.get(
        METHOD + "frappe.desk.reportview.get", doctype="Beneficiary", fields=["name"], filters=[["name", "=", name]]
    )
    assert name in exported.text
    card = reader.post(
        METHOD + "frappe.desk.doctype.number_card.number_card.get_result",
        doc={"document_type": "Beneficiary", "function": "Count", "name": "x"},
        filters=[["Beneficiary", "name", "like", "ROW-A%"]],
    )
    assert card.json["message"] == 1
    linked = reader.get(
        METHOD + "frappe.desk.form.linked_with.get_submitted_linked_docs", doctype="Beneficiary", name=name
    )
    assert linked.json["message"]["count"] == 0, linked.text
    sees = who("admin").get(METHOD + "frappe.desk.query_report.run", report_name="Contracts Ending", filters={})
    assert sees.status == 200, sees.text


@pytest.mark.parametrize("persona", FOREIGN)
def test_files_of_a_foreign_document_are_not_served(who, persona):
    reader, admin = visitor(who, persona), who("admin")
    files = admin.list("File", filters=[["file_name", "like", "ROW-A%"]], fields=["name", "file_url"]).rows
    assert len(files) == len(DOCUMENTS)
    for file in files:
        for path, asked in (
            (file["file_url"], {}),
            (METHOD + "download_file", {"file_url": file["file_url"]}),
            (METHOD + "frappe.core.doctype.file.file.download_file", {"file_url": file["file_url"]}),
        ):
            assert "ROW-A content" not in reader.get(path, **asked).text, (path, file)
        assert reader.get(f"/api/resource/File/{file['name']}").status in (401, 403), file
    for folder in ("Home", "Home/Attachments"):
        answer = reader.get(METHOD + "frappe.core.api.file.get_files_in_folder", folder=folder)
        clean(answer, folder, "ROW-A-")
    clean(reader.get(METHOD + "frappe.core.api.file.get_files_by_search_text", text="ROW-A"), "search", "ROW-A-Ben")


@pytest.mark.parametrize("persona", FOREIGN)
def test_a_foreign_document_is_not_printed(who, persona):
    reader = visitor(who, persona)
    for doctype, paper in (("Payout Batch", "Payment List"), ("Beneficiary", "Person History")):
        name = table.row("A", doctype)
        for path in (
            "/printview", METHOD + "frappe.utils.print_format.download_pdf",
            METHOD + "frappe.utils.print_format.download_multi_pdf", METHOD + "frappe.www.printview.get_html_and_style",
            METHOD + "frappe.www.printview.get_rendered_raw_commands",
        ):  # fmt: skip
            for format_ in ("Standard", paper):
                answer = reader.get(path, doctype=doctype, name=name, doc=name, format=format_)
                assert not answer.body.startswith(b"%PDF"), (path, name)
                assert "ROW-A full_name" not in answer.text and "Xã Rào FEN-A" not in answer.text, (path, name)


@pytest.mark.parametrize("persona", FOREIGN)
def test_searches_find_what_is_listed(who, persona):
    reader = client(who, persona)
    for doctype in sorted(table.SCOPES):
        answer = reader.get(METHOD + "frappe.desk.search.search_link", doctype=doctype, txt="ROW-A", page_length=50)
        clean(answer, doctype, f"ROW-A-{doctype}\"")
    for method, asked in {
        "frappe.utils.global_search.search": {"text": "ROW-A", "start": 0, "limit": 50},
        "frappe.desk.search.search_widget": {"doctype": "Beneficiary", "txt": "ROW-A", "page_length": 50},
        "frappe.utils.global_search.web_search": {"text": "ROW-A"},
    }.items():
        answer = reader.get(METHOD + method, **asked)
        clean(answer, method)


@pytest.mark.parametrize("persona", FOREIGN)
def test_exports_hold_what_is_listed(who, persona):
    reader = client(who, persona)
    for doctype in ("Beneficiary", "Payout Line", "Payout Batch", "Payout Period", "Support Case"):
        for method, asked in {
            "frappe.desk.reportview.get": {"doctype": doctype, "fields": ["name", "owner"]},
            "frappe.desk.reportview.get_list": {"doctype": doctype, "fields": ["name", "owner"]},
            "frappe.desk.reportview.export_query": {
                "doctype": doctype, "fields": ["name"], "file_format_type": "CSV", "title": "x",
            },
            "frappe.core.doctype.data_export.exporter.export_data": {
                "doctype": doctype, "select_columns": {doctype: ["name"]}, "with_data": "1", "file_type": "CSV",
            },
            "frappe.core.doctype.data_import.data_import.download_template": {
                "doctype": doctype, "export_fields": {doctype: ["name"]}, "export_records": "all", "file_type": "CSV",
            },
            "frappe.desk.listview.get_group_by_count": {
                "doctype": doctype, "current_filters": [], "field": "name",
            },
            "frappe.desk.calendar.get_events": {
                "doctype": doctype, "start": "2000-01-01", "end": "2100-01-01", "fields": ["name"],
                "field_map": {"start": "creation", "end": "modified"},
            },
        }.items():  # fmt: skip
            clean(reader.get(METHOD + method, **asked), (method, doctype), f"ROW-A-{doctype}")


@pytest.mark.parametrize("persona", FOREIGN)
def test_cards_and_charts_count_what_is_listed(who, persona):
    reader = client(who, persona)
    for doctype in ("Beneficiary", "Payout Line", "Payout Batch", "Payout Batch File"):
        asked = {"document_type": doctype, "function": "Count", "name": "x", "parent_document_type": "Payout Batch"}
        filters = [[doctype, "name", "like", "ROW-A%"]]
        answer = reader.post(
            METHOD + "frappe.desk.doctype.number_card.number_card.get_result", doc=asked, filters=filters
        )
        assert answer.status != 200 or not answer.json["message"], (doctype, answer.text)


@pytest.mark.parametrize("persona", ["manager_b", "commune_b", "bank_b", "treasury_b", "post_nowhere", "outsider", "guest"])
def test_reports_are_run_by_their_roles_over_the_own_area(who, persona):
    reader = client(who, persona)
    role = table.PERSONAS[persona][0] if persona in table.PERSONAS else None
    for report in table.reports():
        answer = reader.get(
            METHOD + "frappe.desk.query_report.run", report_name=report["name"],
            filters={"office": "FEN-A", "month": "2024-05-01", "to_month": "2024-05-01", "year": 2024},
        )  # fmt: skip
        if role not in {row["role"] for row in report["roles"]}:
            assert answer.status in (401, 403, 417), (report["name"], answer.text)
        clean(answer, report["name"])


@pytest.mark.parametrize("persona", FOREIGN)
def test_pages_show_the_own_area(who, persona):
    reader = visitor(who, persona)
    for path in ("/counter", "/cash-list", "/seal-check", "/leader", "/leader?office=FEN-A&month=2024-05"):
        page, _mark, query = path.partition("?")
        asked = dict(part.split("=") for part in query.split("&")) if query else {}
        answer = reader.get(page, **asked)
        assert answer.status in (200, 301, 302, 401, 403), (path, answer.status)
        clean(answer, path, "Xã Rào FEN-A", "Phòng Mẫu FEN-A")
    clean(reader.get("/seal-check", code="ROW-A seal"), "seal")
