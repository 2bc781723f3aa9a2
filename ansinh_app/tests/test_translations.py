"""Vietnamese is complete: every label, choice, message and paper of the app stands in translations/vi.csv."""

import ast
import csv
import json
import re
import unittest
from collections import Counter
from pathlib import Path

APP = Path(__file__).resolve().parent.parent
# Texts that are the same in both languages.
SAME = {"An Sinh", "XLSX", "CSV", "{0}: đồng", "KT. CHỦ TỊCH, TL. …"}
# Code has `_`, papers have `say` (always Vietnamese), desk scripts have `__`.
MARKERS = {"_", "say", "_lt"}
IN_TEMPLATE = re.compile(r"""\b(?:_|say)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")
IN_SCRIPT = re.compile(r"""\b__\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*[,)]""")


def collect() -> dict[str, str]:
    """Every source string of the app with one place it comes from."""
    found: dict[str, str] = {}
    for path in sorted(APP.rglob("*")):
        place = str(path.relative_to(APP))
        if path.suffix == ".py" and not {"tests", "demo"} & set(path.parts):
            texts = _in_python(path.read_text(encoding="utf-8"))
        elif path.suffix == ".html":
            texts = [a or b for a, b in IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))]
        elif path.suffix == ".js" and "dist" not in path.parts:
            texts = [a or b for a, b in IN_SCRIPT.findall(path.read_text(encoding="utf-8"))]
        elif path.suffix == ".json" and "dist" not in path.parts:
            texts = _in_json(json.loads(path.read_text(encoding="utf-8")))
        elif path.name == "modules.txt":
            texts = path.read_text(encoding="utf-8").split("\n")
        else:
            continue
        for text in texts:
            # Nothing to say in a text without a letter outside its placeholders.
            if text and re.search(r"[^\W\d_]", re.sub(r"\{\w*\}", "", text)):
                found.setdefault(text, place)
    return found


def _in_python(source: str) -> list[str]:
    texts = []
    for node in ast.walk(ast.parse(source)):
        if not (
            isinstance(node, ast.Call) and node.args and isinstance(node.func, (ast.Name, ast.Attribute))
        ):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        first = node.args[0]
        if name not in MARKERS:
            continue
        if isinstance(first, ast.JoinedStr):
            raise AssertionError(f"line {node.lineno}: an f-string inside {name}() cannot be translated")
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            texts.append(first.value)
    return texts


def _in_json(content) -> list[str]:
    texts: list[str] = []
    for doc in content if isinstance(content, list) else [content]:
        collector = _OF_DOCTYPE.get(doc.get("doctype")) if isinstance(doc, dict) else None
        if collector:
            texts += collector(doc)
    return texts


def _of_doctype(doc: dict) -> list[str]:
    texts = [doc["name"], doc.get("description")]
    for field in doc["fields"]:
        texts += [field.get("label"), field.get("description")]
        texts += _choices(field)
    texts += [row.get("label") for row in doc.get("actions", [])]
    texts += [row.get("group") for row in doc.get("links", [])]
    texts += [row.get("title") for row in doc.get("states", [])]
    return texts


def _choices(field: dict) -> list[str]:
    """What a Select offers, a DocType's or a report's filter's."""
    if field["fieldtype"] != "Select":
        return []
    return [option.strip() for option in (field.get("options") or "").split("\n")]


def _of_workspace(doc: dict) -> list[str]:
    texts = [doc["title"], doc["label"]]
    for table in ("shortcuts", "links", "number_cards", "charts", "quick_lists"):
        texts += [row.get("label") for row in doc.get(table, [])]
    for block in json.loads(doc["content"]):
        texts.append(re.sub(r"<[^>]+>", "", block["data"].get("text") or ""))
    return texts


def _of_report(doc: dict) -> list[str]:
    texts = [doc["name"], *(row["label"] for row in [*doc["filters"], *doc["columns"]])]
    for row in doc["filters"]:
        # What is chosen from; a number of a form is the same in both languages.
        if row["fieldtype"] == "Select":
            texts += [choice for choice in (row.get("options") or "").split("\n") if not re.match(r"\d", choice)]
    return texts


_OF_DOCTYPE = {
    "DocType": _of_doctype,
    "Workspace": _of_workspace,
    "Report": lambda doc: [
        doc["name"],
        *(row["label"] for row in [*doc["filters"], *doc["columns"]]),
        *(choice for row in doc["filters"] for choice in _choices(row)),
    ],
    "Print Format": lambda doc: [doc["name"]],
    "Number Card": lambda doc: [doc["label"]],
    "Dashboard Chart": lambda doc: [doc["chart_name"]],
    "Notification": lambda doc: [doc["name"], doc.get("subject")],
    "Role": lambda doc: [doc.get("role_name") or doc["name"]],
    "Workflow State": lambda doc: [doc["name"]],
    "Workflow Action Master": lambda doc: [doc["name"]],
    "Workflow": lambda doc: [
        doc["name"],
        *(row["state"] for row in doc["states"]),
        *(row["action"] for row in doc["transitions"]),
    ],
}


def translations() -> list[tuple[str, str]]:
    """The rows of vi.csv: source string, Vietnamese."""
    with (APP / "translations" / "vi.csv").open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1]) for row in csv.reader(file) if row]


def _said_plainly(source: str) -> list[str]:
    """Messages, heads of columns and subjects that are given as they are, without `_`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        said = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("throw", "msgprint"):
            said = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "title")]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            said = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value in ("label", "subject")]
        elif isinstance(node, ast.keyword) and node.arg in ("subject", "label"):
            said = [node.value]
        found += [
            f"{value.lineno}: {value.value}"
            for value in said
            if isinstance(value, ast.Constant) and re.search(r"[A-Za-z]{2}", str(value.value))
        ]
    return found


class TestTranslations(unittest.TestCase):
    def test_nothing_is_said_past_the_translations(self):
        self.assertEqual(_said_plainly('frappe.throw("Wrong")\nfoo(label="Name")\n{"label": _("Name")}'),
                         ["1: Wrong", "2: Name"])  # fmt: skip
        found = {
            str(path.relative_to(APP)): said
            for path in sorted(APP.rglob("*.py"))
            if not {"tests", "demo"} & set(path.parts)
            and (said := _said_plainly(path.read_text(encoding="utf-8")))
        }
        self.assertEqual(found, {})

    def test_every_text_has_its_vietnamese(self):
        known = dict(translations())
        missing = [f"{place}: {text!r}" for text, place in collect().items() if not known.get(text)]
        self.assertEqual(missing, [], "add these to ansinh_app/translations/vi.csv")

    def test_every_kind_of_text_is_collected(self):
        texts = collect()
        for text in (
            "Beneficiary",  # a DocType
            "Refused an account",  # a choice of a Select
            "Submit for Approval",  # a workflow action
            "Social Affairs Desk",  # a workspace
            "Account Coverage",  # a report
            "PAYMENT LIST OF MONTHLY ALLOWANCES",  # a print format
            "Choose XLSX, PDF or both.",  # a message
            "Payee Accounts",  # a module
            "Commune and Group",  # a choice of a report's filter
            "Waiting for Me",  # a heading of a desk
            "Check Before Paying",  # a shortcut
            "Drawn (đồng)",  # a chart
        ):
            self.assertIn(text, texts)

    def test_no_text_stands_twice(self):
        twice = [
            text for text, number in Counter(source for source, _vi in translations()).items() if number > 1
        ]
        self.assertEqual(twice, [])

    def test_no_row_is_left_over(self):
        texts = collect()
        stale = [source for source, _vi in translations() if source not in texts]
        self.assertEqual(stale, [], "no longer said anywhere")

    def test_placeholders_are_kept(self):
        wrong = [
            source
            for source, vietnamese in translations()
            if sorted(re.findall(r"\{\w*\}", source)) != sorted(re.findall(r"\{\w*\}", vietnamese))
        ]
        self.assertEqual(wrong, [])

    def test_nothing_was_left_in_english(self):
        same = [
            source for source, vietnamese in translations() if source == vietnamese and source not in SAME
        ]
        # A text that is already Vietnamese, or only placeholders, may stay as it is.
        english = [
            text for text in same if text.isascii() and re.search(r"[A-Za-z]", re.sub(r"\{\w*\}", "", text))
        ]
        self.assertEqual(english, [])
