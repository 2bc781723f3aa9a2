"""PDF: Vietnamese in one embedded serif font, nothing fetched from outside, options as Frappe has them."""

import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import frappe
import pytest
from frappe.tests.utils import FrappeTestCase
from frappe.utils import pdf
from frappe.utils.pdf import get_pdf
from pypdf import PdfReader, PdfWriter

pytestmark = pytest.mark.usefixtures("site")

PANGRAM = "Quỳnh Ưỡng Đặng Thị Ngọ: năm trăm bốn mươi nghìn đồng, truy lĩnh kỳ trước"


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def fonts_of(content: bytes) -> dict:
    fonts = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            fonts[font["/BaseFont"].split("+")[-1]] = any(key.startswith("/FontFile") for key in descriptor)
    return fonts


class TestPdf(FrappeTestCase):
    def test_vietnamese_text_comes_out_in_one_embedded_font(self):
        for family in ("Times New Roman", "Liberation Serif"):
            content = get_pdf(f"<p style=\"font-family: '{family}'\">{PANGRAM}</p>")
            assert PANGRAM.replace(" ", "") in text_of(content).replace(" ", "").replace("\n", "")
            fonts = fonts_of(content)
            assert len(fonts) == 1, fonts
            assert all(fonts.values())

    def test_page_without_a_font_has_a_full_serif(self):
        fonts = fonts_of(get_pdf(f"<p>{PANGRAM}</p>"))
        assert len(fonts) == 1, fonts
        assert "serif" in next(iter(fonts)).lower()

    def test_bold_and_italic_stay_bold_and_italic(self):
        fonts = fonts_of(get_pdf("<p style=\"font-family: 'Times New Roman'\">ạ <b>ạ</b> <i>ạ</i></p>"))
        assert len(fonts) == 3, fonts

    def test_nothing_is_fetched_from_outside(self):
        asked = []

        class Outside(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

        server = HTTPServer(("127.0.0.1", 0), Outside)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            html = (
                f'<link rel="stylesheet" href="{url}/a.css"><img src="{url}/b.png">'
                f"<style>@import url({url}/c.css); p {{ background: url({url}/d.png) }}</style>"
                '<img src="file:///etc/hostname"><p>kept</p>'
            )
            assert "kept" in text_of(get_pdf(html))
        finally:
            server.shutdown()
            server.server_close()
        assert asked == []

    def test_fetcher_serves_only_the_site(self):
        for url in (
            "file:///etc/passwd",
            "http://example.com/x.png",
            "http://site.invalid/etc/passwd",
            "http://site.invalid/assets/frappe/../hooks.py",
            "http://site.invalid/files/../../x",
        ):
            with pytest.raises(ValueError):
                pdf.fetch(url)
        assert pdf._fetcher()("data:text/plain,hello").content_type == "text/plain"

    def test_private_file_is_fetched_for_whom_may_read_it_only(self):
        file = frappe.get_doc(
            {"doctype": "File", "file_name": "seal.svg", "content": "<svg/>", "is_private": 1}
        ).insert()
        url = "http://site.invalid" + file.file_url
        assert pdf.fetch(url)[0] == b"<svg/>"
        frappe.set_user("Guest")
        try:
            with pytest.raises(ValueError):
                pdf.fetch(url)
        finally:
            frappe.set_user("Administrator")

    def test_orientation_and_margins(self):
        box = PdfReader(io.BytesIO(get_pdf("<p>x</p>", {"orientation": "Landscape"}))).pages[0].mediabox
        assert round(box.width / 72 * 25.4) == 297
        css = pdf.page_css(
            pdf.read_options_from_html("<style>.print-format { margin-top: 5mm; page-size: A5; }</style>")
        )
        assert "size: A5" in css
        assert "margin: 5mm 15mm" in css

    def test_pages_own_rule_comes_first(self):
        html = "<style>@page { size: A5 }</style><p>x</p>"
        box = PdfReader(io.BytesIO(get_pdf(html))).pages[0].mediabox
        assert round(box.width / 72 * 25.4) == 148

    def test_password_and_appending(self):
        reader = PdfReader(io.BytesIO(get_pdf("<p>x</p>", {"password": "mở"})))
        assert reader.is_encrypted
        writer = PdfWriter()
        get_pdf("<p>1</p>", output=writer)
        get_pdf("<p>2</p>", output=writer)
        assert len(writer.pages) == 2
