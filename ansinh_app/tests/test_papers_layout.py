"""The header block of NĐ 30/2020/NĐ-CP phụ lục I, measured on the PDF: margins, sizes, lines, centres, page numbers."""

import html
import io
import re
import shutil
import subprocess
import tempfile
import unittest
from dataclasses import dataclass

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils.pdf import get_pdf
from pypdf import PdfReader

from ansinh_app.utils import paper_tables
from ansinh_app.utils.paper_tables import Column
from ansinh_app.utils.printing import office_paper, people_said, say

MM = 25.4 / 72
# Height of a line of Times New Roman, or a font of the same widths, in its size.
BOX = 1.107
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
LETTER = """
{%- import "ansinh_app/templates/papers/blocks.html" as blocks -%}
{{ blocks.style() }}<div class="print-format"><div class="paper">
{{ blocks.header(paper, about="V/v thử bố cục") }}
<p class="title">THÔNG BÁO</p>{{ blocks.summary("Về việc thử bố cục trên giấy của cơ quan") }}
<div class="prose"><p>Đoạn văn thứ nhất {{ "dài để xuống dòng và canh đều hai lề " * 6 }}</p></div>
{{ blocks.closing(paper, paper.signatures[2]) }}
</div></div>"""
LIST = """
{%- import "ansinh_app/templates/papers/blocks.html" as blocks -%}
{{ blocks.style(landscape=true, paged=true) }}<div class="print-format"><div class="paper">
{%- call(place) blocks.sheets(paper.say, table) %}{% if place == 0 %}{{ blocks.header(paper) }}{% endif %}{% endcall %}
</div></div>"""


@dataclass(frozen=True)
class Box:
    """Something on a page, in millimetres from its upper left corner; `size` of its type in points."""

    left: float
    top: float
    right: float
    bottom: float
    size: float = 0.0

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


class Page:
    """The words and the lines of one page of a PDF."""

    def __init__(self, content: bytes, number: int = 1):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            command = ["pdftotext", "-bbox", "-f", str(number), "-l", str(number), file.name, "-"]
            text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        self.words = [
            (
                html.unescape(word),
                Box(*(float(value) * MM for value in box), size=(float(box[3]) - float(box[1])) / BOX),
            )
            for *box, word in _WORD.findall(text)
        ]
        page = PdfReader(io.BytesIO(content)).pages[number - 1]
        self.height, self.width = float(page.mediabox.height) * MM, float(page.mediabox.width) * MM
        self.lines: list[Box] = []

        # A border is a thin box in one renderer, the outline of one in the other.
        path: list[tuple[float, float]] = []

        def drawn(operator, values, matrix, _text):
            numbers = [float(value) for value in values] if operator in (b"re", b"m", b"l") else []
            if operator == b"re":
                x, y, width, height = numbers
                path[:] = [(x, y), (x + width, y + height)]
            elif operator == b"m":
                path[:] = [tuple(numbers)]
            elif operator == b"l":
                path.append(tuple(numbers))
            if operator == b"re" or (operator == b"l" and len(path) == 4):
                across = sorted((x * matrix[0] + matrix[4]) * MM for x, _y in path)
                down = sorted(self.height - (y * matrix[3] + matrix[5]) * MM for _x, y in path)
                if down[-1] - down[0] < 0.6 and across[-1] - across[0] > 5:
                    self.lines.append(Box(across[0], down[0], across[-1], down[-1]))

        page.extract_text(visitor_operand_before=drawn)

    def phrase(self, text: str) -> Box:
        """Where the words of a text stand that follow one another on one line."""
        wanted = text.split()
        words = [word for word, _box in self.words]
        for start in range(len(words) - len(wanted) + 1):
            if words[start : start + len(wanted)] == wanted:
                boxes = [box for _word, box in self.words[start : start + len(wanted)]]
                return Box(
                    min(box.left for box in boxes),
                    min(box.top for box in boxes),
                    max(box.right for box in boxes),
                    max(box.bottom for box in boxes),
                    boxes[0].size,
                )
        raise AssertionError(f"{text!r} is not on the page: {' '.join(words)}")

    def line_below(self, box: Box, within: float = 3) -> Box:
        """The line drawn next under a text, at its middle."""
        below = [line for line in self.lines if -0.6 <= line.top - box.bottom <= within]
        below = [line for line in below if line.left < box.centre < line.right]
        return min(below, key=lambda line: (line.top, line.left - line.right))


@unittest.skipUnless(shutil.which("pdftotext"), "pdftotext (poppler-utils) tells where words stand in a PDF")
class TestLayout(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        office = frappe.get_doc(
            {
                "doctype": "Paying Office",
                "office_code": "LAYOUT-T",
                "office_name": "Phòng Lao động - Thương binh và Xã hội",
                "parent_body": "UBND thành phố Mẫu",
                "place_name": "Mẫu Sơn",
                "document_sign": "PMB",
                "signatories": [
                    {"signing_role": "Head", "job_title": "Trưởng phòng", "full_name": "Hà Mẫu Trưởng"}
                ],
            }
        )
        cls.paper = office_paper(office, "2026-02-05") | {"recipients": ["Như trên"]}
        cls.letter = Page(get_pdf(frappe.render_template(LETTER, {"paper": cls.paper})))
        columns = [
            Column("number", say("No."), 10, "digits"),
            Column("full_name", say("Full name"), 60),
            Column("total", say("Total"), 30, "num", summed=True),
        ]
        rows = [("line", {"number": n, "full_name": "Hà Mẫu", "total": n}) for n in range(1, 61)]
        table = paper_tables.lay_out(columns, rows, people_said(), first=95, last=40)
        cls.sheets = get_pdf(frappe.render_template(LIST, {"paper": cls.paper, "table": table}))
        cls.count = len(table["pages"])

    def assertMm(self, found: float, wanted: float, within: float = 1.0, what: str = ""):
        self.assertLessEqual(abs(found - wanted), within, f"{what}: {found:.1f} mm, not {wanted:.1f}")

    def assertPt(self, text: str, wanted: float):
        found = self.letter.phrase(text).size
        self.assertLessEqual(abs(found - wanted), 0.5, f"{text}: {found:.2f} pt, not {wanted}")

    def test_paper_and_margins(self):
        page = self.letter
        self.assertMm(page.width, 210)
        self.assertMm(page.height, 297)
        body = [box for _word, box in page.words]
        self.assertMm(min(box.left for box in body), 30, what="left margin")
        self.assertMm(max(box.right for box in body), 210 - 15, what="right margin")
        # The line's box begins a little above its letters.
        self.assertMm(min(box.top for box in body), 20, 1.2, what="top margin")

    def test_sizes(self):
        for text, size in (
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12),
            ("Độc lập - Tự do - Hạnh phúc", 13),
            ("UBND THÀNH PHỐ MẪU", 12),
            ("THƯƠNG BINH VÀ XÃ HỘI", 12),
            ("Số: ……/PMB", 13),
            ("Mẫu Sơn, ngày 05 tháng 02 năm 2026", 13),
            ("V/v thử bố cục", 12),
            ("THÔNG BÁO", 14),
            ("Về việc thử bố cục", 13),
            ("Đoạn văn thứ nhất", 13),
            ("TRƯỞNG PHÒNG", 13),
            ("Hà Mẫu Trưởng", 13),
            ("Nơi nhận:", 12),
            ("- Như trên;", 11),
        ):
            self.assertPt(text, size)

    def test_lines_under_the_texts(self):
        motto = self.letter.phrase("Độc lập - Tự do - Hạnh phúc")
        line = self.letter.line_below(motto)
        self.assertMm(line.left, motto.left, what="motto's line begins")
        self.assertMm(line.right, motto.right, what="motto's line ends")
        for text in ("THƯƠNG BINH VÀ XÃ HỘI", "Về việc thử bố cục trên giấy của cơ quan"):
            box = self.letter.phrase(text)
            line = self.letter.line_below(box)
            share = (line.right - line.left) / (box.right - box.left)
            self.assertTrue(1 / 3 - 0.02 <= share <= 1 / 2 + 0.02, f"{text}: {share:.2f} of the text")
            self.assertMm(line.centre, box.centre, what=f"line under {text}")

    def test_cells_stand_in_their_places(self):
        phrase = self.letter.phrase
        nation, motto, dated = (
            phrase(text)
            for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do", "Mẫu Sơn, ngày 05")
        )
        whole_motto, whole_date = (
            phrase("Độc lập - Tự do - Hạnh phúc"),
            phrase("Mẫu Sơn, ngày 05 tháng 02 năm 2026"),
        )
        self.assertMm(whole_motto.centre, nation.centre)
        self.assertMm(whole_date.centre, nation.centre)
        parent, issuer, number = (
            phrase(text) for text in ("UBND THÀNH PHỐ MẪU", "THƯƠNG BINH VÀ XÃ HỘI", "Số: ……/PMB")
        )
        self.assertMm(issuer.centre, parent.centre)
        self.assertMm(number.centre, parent.centre)
        self.assertLess(parent.right, nation.left)
        # Bodies and nation on one line, number and day on the next.
        self.assertMm(parent.top, nation.top)
        self.assertMm(number.top, dated.top)
        self.assertMm(motto.top, phrase("PHÒNG LAO ĐỘNG -").top, 1.2)
        title = phrase("THÔNG BÁO")
        self.assertMm(title.centre, 30 + 165 / 2)
        # The first line of a paragraph is drawn in by a centimetre.
        self.assertMm(phrase("Đoạn văn").left, 40)
        left, right = phrase("Nơi nhận:"), phrase("TRƯỞNG PHÒNG")
        self.assertMm(left.left, 30, 1.5)
        self.assertGreater(right.left, 110)

    def test_sheets_are_numbered_in_the_top_margin_but_the_first(self):
        first, second = Page(self.sheets, 1), Page(self.sheets, 2)
        self.assertEqual(len(PdfReader(io.BytesIO(self.sheets)).pages), self.count)
        self.assertMm(first.width, 297)
        self.assertMm(min(box.left for _word, box in first.words if box.top > 50), 30, 1.5, "left margin")
        self.assertFalse([word for word, box in first.words if box.bottom < 20])
        above = [(word, box) for word, box in second.words if box.bottom < 20]
        self.assertEqual([word for word, _box in above], ["2"])
        number = above[0][1]
        self.assertMm(number.centre, 30 + 252 / 2)
        self.assertLessEqual(abs(number.size - 13), 0.5)
        self.assertGreater(number.top, 5)
        heads = second.phrase("Họ và tên")
        self.assertMm(heads.top, 20, 3.5, "the head of the second sheet")
