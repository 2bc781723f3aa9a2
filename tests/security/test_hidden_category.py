"""Who is paid for HIV is nobody's knowledge outside the office: files, papers, lists, filters and orders."""

import io

import openpyxl
import pytest

TELLING = ("HIV", "AIDS", "BTXH-08", "BTXH-03", "Đ5.3", "Đ5.7", "Đ5.8")


def telling(text: str) -> list[str]:
    return [word for word in TELLING if word in text]


def test_the_banks_lines_are_alike_for_all(who, told):
    bank = who("bank")
    names = {key: told["lines"][told["people"][key]] for key in ("hiv", "adult")}
    documents = {key: bank.get(f"/api/resource/Payout Line/{name}").json["data"] for key, name in names.items()}
    for document in documents.values():
        assert telling(str(document)) == []
        for fieldname in ("entitlement", "benefit", "line_key", "months", "explanation"):
            assert not document.get(fieldname), fieldname
    assert documents["hiv"]["category_shown"] == documents["adult"]["category_shown"]
    listed = bank.list("Payout Line", fields=["*"])
    assert telling(listed.text) == []


@pytest.mark.parametrize("persona", ["bank", "commune"])
@pytest.mark.parametrize("fieldname", ["entitlement", "benefit", "line_key", "months", "explanation"])
def test_hidden_fields_tell_nothing_by_filter_order_or_group(who, told, persona, fieldname):
    """Permission levels hide values only, so what they hide must not tell people apart either."""
    asker = who(persona)
    mine = {told["lines"][told["people"][key]] for key in ("hiv", "adult")}
    for word in ("BTXH-08", "BTXH-03", "HIV", "BTXH-06"):
        rows = asker.list("Payout Line", filters=[[fieldname, "like", f"%{word}%"]]).rows
        found = {row["name"] for row in rows} & mine
        assert found in (set(), mine), (fieldname, word)
    assert telling(asker.list("Payout Line", fields=[fieldname]).text) == []
    grouped = asker.list("Payout Line", fields=["count(name) as n"], group_by=fieldname)
    assert telling(grouped.text) == []


def test_the_entitlement_is_not_reached_through_the_line(who):
    for query in (
        {"fields": ["name", "entitlement.category"]},
        {"fields": ["name", "entitlement.category as c"]},
        {"filters": [["Entitlement", "category", "=", "BTXH-08"]]},
        {"filters": {"entitlement.category": "BTXH-08"}},
        {"fields": ["name"], "order_by": "`tabEntitlement`.`category` asc"},
        {"fields": ["name", "(select category from `tabEntitlement` limit 1) as c"]},
    ):
        answer = who("bank").list("Payout Line", **query)
        assert answer.status != 200 or telling(answer.text) == [], query
        assert answer.status < 500, (query, answer.text)
        if "filters" in query:
            assert answer.rows == [], query


def test_provider_file_and_papers_do_not_tell(who, told):
    content = who("manager").get(told["file"]).body
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "LY THI SANG" in cells
    assert telling(cells) == []
    assert telling(str(book.properties)) == []


def test_printed_lists_do_not_tell(who, told):
    batch = told["batches"]["SEC-A STB"]
    query = {"doctype": "Payout Batch", "name": batch, "format": "Payment List"}
    for persona in ("manager", "bank"):
        page = who(persona).get("/printview", **query)
        assert page.status == 200
        assert "Lý Thị Sáng" in page.text or "LY THI SANG" in page.text
        assert telling(page.text) == []


def test_messages_about_a_held_person_stay_in_the_office(who, told):
    for persona in ("bank", "post", "province"):
        answer = who(persona).get(f"/api/resource/Payout Period/{told['periods']['SEC-A']}")
        assert answer.status == 403 or telling(answer.text) == []
