"""The JSON of DocTypes, reports, papers and desks stands as a bench exports it: saving there makes no difference."""

import json
import unittest
from pathlib import Path

APP = Path(__file__).resolve().parent.parent
FOLDERS = (
    "doctype",
    "report",
    "print_format",
    "workspace",
    "number_card",
    "dashboard_chart",
    "dashboard_chart_source",
)
COLOURS = {"Blue", "Cyan", "Gray", "Green", "Light Blue", "Orange", "Pink", "Purple", "Red", "Yellow"}


def documents():
    """Every exported document: its path and text."""
    for folder in FOLDERS:
        for path in sorted(APP.glob(f"*/{folder}/*/*.json")):
            yield path, path.read_text(encoding="utf-8")


class TestMetadata(unittest.TestCase):
    def test_files_are_written_as_a_bench_writes_them(self):
        other = [
            path.name
            for path, text in documents()
            if text != json.dumps(json.loads(text), sort_keys=True, indent=1, separators=(",", ": "))
        ]
        self.assertEqual(other, [])

    def test_nothing_a_bench_would_add_or_drop(self):
        wrong = []
        for path, text in documents():
            doc = json.loads(text)
            if doc["doctype"] != "DocType":
                wrong += [(path.name, key) for key, value in doc.items() if value is None and key != "letterhead"]
                continue
            for row in [doc, *doc["fields"], *doc["permissions"]]:
                wrong += [(path.name, key) for key, value in row.items() if value in (0, None, "")]
            wrong += [
                (path.name, field["fieldname"])
                for field in doc["fields"]
                if field["fieldtype"] == "Check" and "default" not in field
            ]
        self.assertEqual(wrong, [])

    def test_a_bench_accepts_every_doctype_when_it_is_saved(self):
        wrong = []
        for path, text in documents():
            doc = json.loads(text)
            if doc["doctype"] != "DocType":
                continue
            names = [field["fieldname"] for field in doc["fields"]]
            if doc["field_order"] != names or doc.get("title_field", names[0]) not in names:
                wrong.append(path.name)
            if "default_print_format" in doc or {state["color"] for state in doc["states"]} - COLOURS:
                wrong.append(path.name)
        self.assertEqual(wrong, [])
