"""What comes in and goes out of the web server: uploads, files, headers, host names."""

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import frappe
import pytest
from frappe.core.doctype.file.exceptions import MaxFileSizeReachedError
from frappe.core.doctype.file.file import File
from frappe.utils.file_manager import save_file
from rest_client import Http

CLERK, PASSWORD = "uploads-clerk@example.com", "lantern-orchid-74"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def clerk(sites):
    """Signed in over HTTP; a System User without further roles."""
    if not getattr(frappe.local, "db", None):
        frappe.init(sites)
        frappe.connect()
    frappe.set_user("Administrator")
    if not frappe.db.exists("User", CLERK):
        frappe.get_doc(
            {"doctype": "User", "email": CLERK, "first_name": "Clerk", "send_welcome_email": 0,
             "new_password": PASSWORD, "user_type": "System User", "roles": [{"role": "System Manager"}]}
        ).insert()  # fmt: skip
    frappe.db.commit()
    return Http(frappe.local.site).sign_in(CLERK, PASSWORD)


@pytest.fixture()
def guest(site):
    return Http(frappe.local.site)


def picture(width: int, height: int) -> bytes:
    """A PNG that says it is so large; there is hardly anything in it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG_HEAD + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def zipped(members: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(size: int) -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to `size` bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            block = b"0" * 1_000_000
            for _n in range(size // len(block)):
                sheet.write(block)
    return out.getvalue()


def upload(client, name: str, content: bytes):
    return client.post(
        "/api/method/upload_file", form={"file": (io.BytesIO(content), name), "is_private": "1"}
    )  # fmt: skip


# uploads


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.pdf", b"<html><script>alert(1)</script></html>"),
        ("page.png", b"<svg onload=alert(1)>"),
        ("photo.jpg", b"GIF89a not a jpeg"),
        ("photo.gif", b"\xff\xd8\xff not a gif"),
        ("list.xlsx", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("archive.zip", b"MZ\x90\x00 a program"),
    ],
)
def test_content_that_is_not_what_the_name_says_is_refused(clerk, site, name, content):
    answer = upload(clerk, name, content)
    assert answer.status_code == 417 and answer.json["exc_type"] == "FileTypeNotAllowed"
    assert not frappe.db.exists("File", {"file_name": name})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("good.pdf", b"%PDF-1.7 and so on"),
        ("good.png", picture(100, 100)),
        ("good.xlsx", zipped({"xl/workbook.xml": "<x/>"})),
        ("protected.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"),
        ("good.txt", "chữ".encode()),
    ],
)
def test_usual_files_come_in(clerk, site, name, content):
    answer = upload(clerk, name, content)
    assert answer.status_code == 200, answer.text
    frappe.db.rollback()
    file = frappe.get_doc("File", answer.json["message"]["name"])
    assert Path(file.get_full_path()).read_bytes() == content
    file.delete()
    frappe.db.commit()


def test_what_unpacks_to_too_much_is_refused_wherever_it_comes_from(clerk, site):
    large = bomb(301 * 1024 * 1024)
    assert len(large) < 1_000_000
    assert upload(clerk, "bomb.xlsx", large).json["exc_type"] == "MaxFileSizeReachedError"
    for name in ("bomb.xlsx", "bomb.zip", "bomb", "bomb.txt"):
        with pytest.raises(MaxFileSizeReachedError):
            save_file(name, large, None, None)
    many = zipped({f"{n}.txt": "" for n in range(10_001)})
    with pytest.raises(MaxFileSizeReachedError):
        save_file("many.zip", many, None, None)


def test_a_picture_of_too_many_pixels_is_refused(clerk, site):
    for width, height in ((60_000, 60_000), (10_000, 5_001)):
        answer = upload(clerk, "large.png", picture(width, height))
        assert answer.json["exc_type"] == "MaxFileSizeReachedError"


def test_a_body_that_is_too_large_is_refused(clerk):
    answer = upload(clerk, "large.bin", b"0" * (26 * 1024 * 1024))
    assert answer.status_code in (413, 417)
    assert not frappe.db.exists("File", {"file_name": "large.bin"})


# files that are there


def test_a_link_in_a_files_folder_leads_nowhere(guest, clerk):
    outside = Path(frappe.get_site_path("site_config.json")).resolve()
    for private in (0, 1):
        folder = Path(frappe.get_site_path("private" if private else "public", "files"))
        folder.mkdir(parents=True, exist_ok=True)
        link = folder / f"link{private}.txt"
        link.unlink(missing_ok=True)
        os.symlink(outside, link)
        url = f"/{'private/' if private else ''}files/link{private}.txt"
        try:
            with pytest.raises(Exception, match="Cannot access|không"):
                frappe.get_doc({"doctype": "File", "file_url": url, "is_private": private}).insert()
            for client in (guest, clerk):
                answer = client.get(url)
                assert answer.status_code != 200 and "secret_key" not in answer.text
        finally:
            link.unlink()


@pytest.mark.parametrize(
    "name", ['x"; filename="evil.exe.txt', "x\r\nSet-Cookie: sid=evil.txt", "tờ khai.txt", "\u202etxt.exe", "a;b.bin"]
)
def test_a_downloads_name_stays_in_its_header(clerk, site, name):
    frappe.set_user(CLERK)
    file = save_file(name, f"content of {name}".encode(), None, None, is_private=1)
    frappe.db.commit()
    answer = clerk.get(file.file_url)
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    assert "\r" not in disposition and "\n" not in disposition and "\u202e" not in disposition
    assert "Set-Cookie" not in [key for key, value in answer.headers if "evil" in value]
    assert disposition.count("filename") == 1 or 'filename="evil' not in disposition.replace('\\"', "")
    frappe.delete_doc("File", file.name)
    frappe.db.commit()


# headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login", 200), ("/desk/", 302), ("/api/method/ping", 200), ("/api/method/no.such.method", 417),
        ("/api/resource/User", 403), ("/no-such-page", 404), ("/files/no-such-file.txt", 404),
        ("/static/benchless/icon.svg", 200), ("/static/no-such-file.js", 404), ("/private/files/x.txt", 302),
    ],
)  # fmt: skip
def test_every_answer_carries_the_safe_headers(guest, path, status):
    answer = guest.get(path)
    assert answer.status_code == status, answer.text[:300]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "script-src 'self'" in policy or "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert "http:" not in policy and "https:" not in policy and "*" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] in ("SAMEORIGIN", "DENY")
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
    if not path.startswith("/static/"):
        assert "no-store" in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]


def test_only_the_desk_may_evaluate(guest, clerk):
    """unfold's Alpine evaluates its attributes; answers for programs and printed pages hold no such thing."""
    assert "unsafe-eval" in guest.get("/login").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in guest.get("/api/method/ping").headers["Content-Security-Policy"]
    printed = clerk.get("/printview", query={"doctype": "User", "name": CLERK})
    assert "unsafe-eval" not in printed.headers["Content-Security-Policy"]


def test_the_session_cookie_is_not_for_scripts_nor_for_other_sites(site):
    client = Http(frappe.local.site)
    answer = client.post("/api/method/login", form={"usr": CLERK, "pwd": PASSWORD})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.strip().startswith("sid="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


# host names and proxies


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]", "a b"])
def test_another_host_name_is_refused(guest, host):
    answer = guest.get("/login", headers={"Host": host})
    assert answer.status_code == 400 and "evil" not in answer.text


def test_nobody_chooses_the_addresses_in_mails_by_a_header(guest):
    answer = guest.get("/desk/", headers={"X-Forwarded-Host": "evil.example", "X-Original-Host": "evil.example"})
    assert "evil" not in answer.headers["Location"]


def test_headers_of_a_proxy_count_only_where_the_site_says_there_is_one():
    from django.conf import settings as django_settings

    from benchless.desk_settings import django_options
    from benchless.server import proxy_options

    class Options:
        def __init__(self, conf):
            self.__dict__.update(django_options(frappe.get_site_path(), conf))

    assert proxy_options(Options({})) == {} == proxy_options(Options({"host_name": "http://an.example"}))
    behind = proxy_options(Options({"host_name": "https://an.example"}))
    assert behind["trusted_proxy"] == "127.0.0.1"
    assert behind["trusted_proxy_headers"] == {"x-forwarded-for", "x-forwarded-proto"}
    elsewhere = {"host_name": "https://an.example", "trusted_proxy": "10.0.0.2"}
    assert proxy_options(Options(elsewhere))["trusted_proxy"] == "10.0.0.2"
    assert django_settings.USE_X_FORWARDED_HOST is False and django_settings.DEBUG is False


# what is fetched


def test_no_print_asks_another_server(site, monkeypatch):
    """Pictures, style sheets, fonts, redirects, includes: nothing of a page leads the printer out of the site."""
    import socket

    from frappe.utils.pdf import get_pdf

    asked = []

    def refuse(*arguments, **_more):
        asked.append(arguments)
        raise OSError("nobody asks")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    urls = ["http://169.254.169.254/latest", "https://evil.example/x", "//evil.example/x", "ftp://evil.example/x",
            "file:///etc/passwd", "http://localhost:22/", "http://[::1]/x", "gopher://x/", "jar:file:///x"]  # fmt: skip
    html = "<link rel=attachment href='file:///etc/passwd'><p>kept</p>" + "".join(
        f"<img src='{url}'><link rel=stylesheet href='{url}'><object data='{url}'></object><iframe src='{url}'></iframe>"
        f"<embed src='{url}'><style>@import '{url}'; @font-face {{ font-family: x; src: url({url}) }}"
        f" p {{ background: url({url}); font-family: x }}</style>"
        f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/><use href='{url}#x'/></svg>"
        for url in urls
    )
    content = get_pdf(html)
    assert content.startswith(b"%PDF") and asked == []
    assert b"/EmbeddedFile" not in content and b"root:" not in content


def test_a_file_elsewhere_is_an_address_not_a_fetch(site):
    file = File({"doctype": "File", "file_url": "http://169.254.169.254/latest", "file_name": "x"})
    with pytest.raises(frappe.ValidationError):
        file.get_content()
