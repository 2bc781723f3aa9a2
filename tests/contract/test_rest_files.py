"""Uploads and downloads over HTTP, and who may have them."""

import base64
import io

import frappe
import pytest
from rest_world import NOTE

pytestmark = pytest.mark.usefixtures("notes")
UPLOAD, DOWNLOAD = "/api/method/upload_file", "/api/method/download_file"


def upload(http, content: bytes | None = b"words", name: str = "words.txt", **fields):
    form = {"is_private": "1", **fields}
    if content is not None:
        form["file"] = (io.BytesIO(content), name)
    return http.post(UPLOAD, form=form)


@pytest.fixture
def private(notes, owner) -> dict:
    """A private file at N1, with words of its own."""
    content = frappe.generate_hash(length=20).encode()
    return upload(owner, content, doctype=NOTE, docname="N1").json["message"] | {"content": content}


def test_a_file_is_attached_to_a_document_and_a_field(owner):
    answer = upload(owner, b"field", doctype=NOTE, docname="N2", fieldname="kind")
    file = answer.json["message"]
    assert answer.status_code == 200 and file["doctype"] == "File" and file["folder"] == "Home"
    assert (file["attached_to_doctype"], file["attached_to_name"], file["attached_to_field"]) == (NOTE, "N2", "kind")


def test_a_file_has_a_name_a_size_and_a_hash(owner):
    file = upload(owner, b"12345678", "Đơn số 1.txt").json["message"]
    assert file["file_size"] == 8 and file["content_hash"] and file["file_name"].startswith("Đơn số 1")
    assert owner.get(file["file_url"]).data == b"12345678"


def test_a_public_file_is_everybodys(owner):
    file = upload(owner, b"public", is_private="0").json["message"]
    assert file["file_url"].startswith("/files/") and file["is_private"] == 0


def test_a_private_file_is_for_those_who_may_read_its_document(owner, outsider, guest, private):
    assert owner.get(private["file_url"]).data == private["content"]
    assert outsider.get(private["file_url"]).status_code == 403
    assert guest.get(private["file_url"]).status_code in (302, 403)
    assert owner.get("/private/files/nothing.txt").status_code in (403, 404)


def test_download_file(owner, outsider, guest, private):
    query = {"file_url": private["file_url"]}
    answer = owner.get(DOWNLOAD, query)
    assert answer.data == private["content"] and "attachment" in answer.headers["Content-Disposition"]
    assert outsider.get(DOWNLOAD, query).status_code == 403
    assert guest.get(DOWNLOAD, query).status_code == 403
    assert owner.get(DOWNLOAD, {"file_url": "/private/files/nothing.txt"}).status_code == 404


def test_a_guest_uploads_nothing(guest):
    answer = upload(guest)
    assert answer.status_code == 403 and answer.json["exc_type"] == "PermissionError"


@pytest.mark.parametrize("fields", [{"docname": "N1"}, {}])
def test_who_may_not_write_the_document_attaches_nothing(outsider, fields):
    answer = upload(outsider, b"mine", doctype=NOTE, **fields)
    assert answer.status_code == 403
    frappe.db.rollback()
    assert not frappe.db.exists("File", {"attached_to_doctype": NOTE, "owner": "rest-outsider@example.com"})


def test_a_document_that_is_not_saved_yet(owner):
    file = upload(owner, b"early", doctype=NOTE, docname="new-rest-note-1").json["message"]
    assert file["attached_to_name"] == "new-rest-note-1"


def test_folders(owner):
    assert upload(owner, b"in a folder", folder="Home/Attachments").json["message"]["folder"] == "Home/Attachments"
    wrong = upload(owner, b"nowhere", folder="Home/Nowhere")
    assert wrong.status_code == 417 and wrong.json["exc_type"] == "LinkValidationError"


def test_an_address_elsewhere_is_kept_as_it_is(owner):
    file = upload(owner, None, file_url="https://example.com/x.png", file_name="x.png").json["message"]
    assert file["file_url"] == "https://example.com/x.png"


def test_nothing_was_sent(owner):
    answer = upload(owner, None)
    assert answer.status_code == 417 and answer.json["exc_type"] == "MandatoryError"


def test_a_file_of_the_library_is_attached_again(owner, outsider, private):
    again = upload(owner, None, library_file_name=private["name"], doctype=NOTE, docname="N3").json["message"]
    assert again["file_url"] == private["file_url"] and again["is_private"] == 1 and again["attached_to_name"] == "N3"
    assert upload(outsider, None, library_file_name=private["name"]).status_code == 403


def test_another_method_takes_the_file(owner):
    answer = upload(owner, b"x", method="frappe.ping")
    assert answer.json == {"message": "pong"}
    assert upload(owner, b"x", method="frappe.utils.cint").status_code == 403


def test_an_encoded_file(owner):
    arguments = {
        "filename": "b.txt", "filedata": base64.b64encode("chào".encode()).decode(), "decode_base64": 1,
        "doctype": NOTE, "docname": "N1", "is_private": 1,
    }  # fmt: skip
    file = owner.post("/api/method/frappe.client.attach_file", arguments).json["message"]
    assert owner.get(file["file_url"]).data.decode() == "chào"


def test_too_large_a_file_is_refused(owner):
    answer = upload(owner, b"0" * (26 * 1024 * 1024), "large.bin")
    assert answer.status_code >= 400
    frappe.db.rollback()
    assert not frappe.db.exists("File", {"file_name": "large.bin"})
