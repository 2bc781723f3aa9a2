"""What must not grow with a site: statements of a page, rows a list looks at, what an order by an index costs."""

from unicodedata import combining, normalize

import frappe
import pytest
from desk_world import CASE, CLERK, TOWN, make_case
from django.db.backends.utils import CursorWrapper

LIST = f"/desk/list/{CASE}".replace(" ", "%20")
MANY = 60
pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def statements(monkeypatch):
    """A list to which every statement of any thread is added."""
    asked = []
    real = CursorWrapper.execute

    def execute(self, sql, params=None):
        asked.append(sql)
        return real(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", execute)
    return asked


@pytest.fixture
def many_links():
    """The clerk's workspace with many more links than it has; afterwards as before."""
    space = frappe.get_doc("Workspace", frappe.get_all("Workspace", filters={"public": 1}, pluck="name", limit=1)[0])
    before = space.as_dict()
    for number in range(MANY):
        kind, target = ("Report", "Desk Case Money") if number % 2 else ("DocType", TOWN)
        space.append("links", {"type": "Link", "label": f"Link {number}", "link_type": kind, "link_to": target})
    space.save()
    frappe.db.commit()
    yield
    space = frappe.get_doc("Workspace", space.name)
    space.set("links", before["links"])
    space.save()
    frappe.db.commit()


def asked_for(statements: list, clerk, address: str) -> int:
    clerk.get(address)
    statements.clear()
    response = clerk.get(address)
    assert response.status_code == 200
    return len(statements)


def test_a_page_asks_as_often_whatever_its_sidebar_links_to(clerk, statements, many_links):
    assert asked_for(statements, clerk, LIST) <= 30


def test_a_list_asks_as_often_whatever_it_shows(clerk, statements):
    few = asked_for(statements, clerk, f"{LIST}?_q=Người%201&_len=20")
    shown = asked_for(statements, clerk, f"{LIST}?_len=100")
    assert shown <= few + 5, statements


def test_a_list_of_everything_is_read_in_the_order_of_an_index(site):
    if frappe.db.db_type != "sqlite":
        pytest.skip("a server counts its rows by itself")
    frappe.set_user("Administrator")
    towns = [(f"T{number:05d}", f"2026-01-01 00:00:{number % 60:02d}", "one") for number in range(2000)]
    frappe.db.bulk_insert(TOWN, ["name", "modified", "town_name"], towns)
    frappe.db.sql_ddl(f"create index `of_one_town` on `tab{TOWN}` (`town_name`)")
    query = frappe.get_list(TOWN, filters={"town_name": "one"}, order_by="modified desc", limit=20, run=False)
    query = query.replace("%s", "'one'")

    def plan() -> str:
        return " ".join(row[3] for row in frappe.db.sql(f"explain query plan {query}"))

    try:
        assert "TEMP B-TREE" in plan()  # all rows of the town are found, then sorted for one page
        frappe.get_attr("frappe.database._statistics.refresh")()
        frappe.db.connection.close()  # as every connection opened from now on
        assert "TEMP B-TREE" not in plan() and f"tab{TOWN}.modified" in plan()
    finally:
        frappe.db.sql_ddl("drop index `of_one_town`")
        frappe.db.delete(TOWN, {"name": ["like", "T%"], "town_name": "one"})
        frappe.db.commit()
        frappe.get_attr("frappe.database._statistics.refresh")()


def test_counted_names_are_ordered_by_their_index_other_texts_as_people_read(site):
    if frappe.db.db_type != "sqlite":
        pytest.skip("a server orders texts itself")
    frappe.set_user("Administrator")
    assert "sort_key" not in frappe.get_list(CASE, order_by="name desc", run=False)
    assert "sort_key" not in frappe.get_list(CASE, order_by="amended_from asc", run=False)
    assert "sort_key" in frappe.get_list(CASE, order_by="full_name", run=False)
    assert "sort_key" in frappe.get_list(CASE, order_by="town", run=False)  # its names are typed
    made = [make_case(full_name=f"Thứ tự {number}").name for number in range(3)]
    frappe.db.commit()
    assert frappe.get_list(CASE, filters={"name": ["in", made]}, order_by="name desc", pluck="name") == made[::-1]


@pytest.mark.parametrize(
    "text", ["Nguyễn Thị Quý", "ĐỖ ĐỨC", "Straße", "Ελλάδα ώ", "naïve Ǻ", "한국", "a\u20d7 vec", "İstanbul", "ﬁ", ""]
)
def test_texts_are_compared_without_case_and_marks_the_short_way_as_the_long_one(site, text):
    from benchless.sqlite.functions import fold

    marked = normalize("NFD", text.casefold())
    assert fold(text) == "".join(sign for sign in marked if not combining(sign))
    assert CLERK and not any(combining(sign) for sign in fold(text))


def test_words_are_sought_once_in_all_columns_and_found_in_each(site, statements):
    if frappe.db.db_type != "sqlite":
        pytest.skip("a server compares texts itself")
    frappe.set_user("Administrator")
    made = make_case(full_name="Tìm Một Chữ", phone="0999777555").name
    other = make_case(full_name="Tìm Chữ Khác", phone=None).name
    frappe.db.commit()

    def found(words: str, *fields: str) -> set[str]:
        either = [[CASE, field, "like", words] for field in fields]
        statements.clear()
        return set(frappe.get_list(CASE, or_filters=either, pluck="name", limit_page_length=0))

    columns = ("name", "full_name", "phone")
    assert found("%tim mot%", *columns) == {made} and statements[-1].count(" like ") == 1
    assert found("%977755%", *columns) == {made}
    assert found(f"%{other}%", *columns) == {other}
    assert found("%chữ0999%", *columns) == found("%chữ\x1f0999%", *columns) == set()  # no text runs on into the next
    assert {made, other} <= found("%Tìm%Chữ%", *columns) and statements[-1].count(" like ") == 3
