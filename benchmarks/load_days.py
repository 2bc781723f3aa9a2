"""What each role does all day: things it may do next, with how often; what was written is kept to be checked."""

import io
import json
import random
import threading
import uuid
from collections import defaultdict

from benchmarks import office
from benchmarks.load_desks import Refused, Stale
from benchmarks.load_office import stop_of

_NAMES = ("Nguyễn Văn", "Trần Thị", "Lê Minh", "Phạm Xuân", "Hoàng Đức", "Vi Thị", "Nông Văn", "Đinh Ngọc")
_TYPED = ("ngu", "tran thi", "le minh", "vi thi", "nong van", "dinh ngoc")
_WORKBOOK_ROWS = 5
_SHEET_LINES = 6
_HOT = 8  # the first of a list: whom several open at once
_READ_SECONDS = (0.5, 2.0)  # between opening a form and pressing its button


class Written:
    """What the server said it had written, for the check at the end."""

    def __init__(self):
        self.lock = threading.Lock()
        self.notes: dict[str, list[str]] = defaultdict(list)
        self.changes: list[str] = []
        self.approved: list[str] = []
        self.visits: list[str] = []
        self.sheets: dict[str, int] = {}
        self.verified: list[str] = []
        self.imports: list[str] = []
        self.taken: set[str] = set()

    def claim(self, name: str) -> bool:
        """Whether nobody else of this measurement has begun with it."""
        with self.lock:
            if name in self.taken:
                return False
            self.taken.add(name)
            return True


class Day:
    """One person at work; `visitor` is signed in."""

    def __init__(self, visitor, role: str, number: int, written: Written, rest):
        self.visitor, self.role, self.number, self.written, self.rest = visitor, role, number, written, rest
        self.chance = random.Random(f"{role} {number}")
        self.names: list[str] = []
        self.acts, self.shares = zip(*DAYS[role], strict=True)

    def go_on(self) -> None:
        """Do one thing; what is refused stands in the visitor's book."""
        (act,) = self.chance.choices(self.acts, self.shares)
        try:
            act(self)
        except (Refused, Stale):
            return

    def read(self) -> None:
        self.rest(self.chance.uniform(*_READ_SECONDS))

    def person(self) -> str | None:
        """Somebody of the last list of people, the first ones more often."""
        if not self.names:
            self.names = self.visitor.page_of("list of people", "Beneficiary")
        names = self.names[:_HOT] if self.chance.random() < 0.5 else self.names
        return self.chance.choice(names) if names else None


def look_at_people(day: Day) -> None:
    day.names = day.visitor.page_of("list of people", "Beneficiary") or day.names


def filter_people(day: Day) -> None:
    filters = day.chance.choice(
        ({"status": "Active"}, {"payment_method": "Cash"}, {"verification_status": "Unverified"}, {"status": "Deceased"})
    )
    day.names = day.visitor.page_of("list of people, filtered", "Beneficiary", filters) or day.names


def search_people(day: Day) -> None:
    """As typed: the name, then more of it."""
    words = day.chance.choice(_NAMES)
    day.visitor.page_of("list of people, searched", "Beneficiary", words=words)
    longer = f"{words} {day.chance.choice(('An', 'Bình', 'Hoa', 'Lan', 'Nam'))}"
    found = day.visitor.page_of("list of people, searched", "Beneficiary", words=longer)
    day.names = found or day.names


def open_person(day: Day) -> None:
    if name := day.person():
        day.visitor.open("a person opened", "Beneficiary", name)


def write_note(day: Day) -> None:
    """Opened, read, a word added, saved; opened again where somebody else was faster."""
    name = day.person()
    if not name:
        return
    word = uuid.uuid4().hex[:10]
    for _attempt in range(5):
        form = day.visitor.open("a person opened", "Beneficiary", name)
        day.read()
        try:
            day.visitor.add_to_note("a person saved", "Beneficiary", name, form, word)
        except Stale:
            continue
        with day.written.lock:
            day.written.notes[name].append(word)
        return


def find_by_link(day: Day) -> None:
    words = day.chance.choice(_TYPED)
    for typed in (words[:3], words):
        day.visitor.choices("link search", "Beneficiary", typed, "Registry Change", "beneficiary")


def propose(day: Day) -> None:
    """Somebody's benefit ends: found, decision looked up, written, proposed."""
    name = day.person()
    if not name:
        return
    rows = day.visitor.rows(
        "entitlements of a person", "Entitlement", ["name"],
        [["beneficiary", "=", name], ["docstatus", "=", 1], ["effective_to", "is", "not set"]],
    )  # fmt: skip
    if not rows or not day.written.claim(rows[0]["name"]):
        return
    change = day.visitor.new("change written", "Registry Change", stop_of(name, rows[0]["name"]))["name"]
    form = day.visitor.open("change opened", "Registry Change", change)
    day.visitor.do("change proposed", "Registry Change", change, form, "Propose")
    with day.written.lock:
        day.written.changes.append(change)


def approve(day: Day) -> None:
    for name in day.visitor.page_of("list of changes", "Registry Change", {"status": "Proposed"}):
        if day.written.claim(name):
            break
    else:
        return
    form = day.visitor.open("change opened", "Registry Change", name)
    day.read()
    day.visitor.do("change approved", "Registry Change", name, form, "Approve")
    with day.written.lock:
        day.written.approved.append(name)


def look_at_lines(day: Day) -> None:
    filters = day.chance.choice(({}, {"period": f"{office.OFFICE}-{office.PERIOD}"}, {"status": "Failed"}))
    names = day.visitor.page_of("list of payout lines", "Payout Line", filters)
    if names and day.chance.random() < 0.5:
        day.visitor.open("a payout line opened", "Payout Line", day.chance.choice(names))


def look_at_batches(day: Day) -> None:
    names = day.visitor.page_of("list of batches", "Payout Batch")
    if names:
        day.visitor.open("a batch opened", "Payout Batch", day.chance.choice(names[:5]))


def _report(name: str, **filters):
    def act(day: Day) -> None:
        day.visitor.report(f"report {name}", name, filters)

    return act


def _workspace(name: str):
    def act(day: Day) -> None:
        day.visitor.workspace("workspace", name)

    return act


def _list(doctype: str):
    def act(day: Day) -> None:
        names = day.visitor.page_of(f"list of {doctype}", doctype)
        if names:
            day.visitor.open(f"{doctype} opened", doctype, day.chance.choice(names))

    return act


def leader_page(day: Day) -> None:
    day.visitor.ask("page /leader", "/leader", query={"month": f"{office.PERIOD}-01"})


def paper_of_person(day: Day) -> None:
    if name := day.person():
        query = {"doctype": "Beneficiary", "name": name, "format": "Person History", "no_letterhead": 1}
        day.visitor.ask("a paper on the screen", "/printview", query=query)


def paper_as_pdf(day: Day) -> None:
    if name := day.person():
        query = {"doctype": "Beneficiary", "name": name, "format": "Person History", "no_letterhead": 1}
        day.visitor.ask("a paper as PDF", "/api/method/frappe.utils.print_format.download_pdf", query=query)


def explain(day: Day) -> None:
    if name := day.person():
        day.visitor.call("why this amount", "ansinh_app.api.explain", beneficiary=name, month=office.PERIOD)


def fetch_provider_file(day: Day) -> None:
    """The newest sealed cash list's file, as the office hands it on."""
    rows = day.visitor.rows(
        "sealed lists", "Payout Batch", ["name"], [["docstatus", "=", 1], ["channel", "=", "Cash"],
        ["period", "=", f"{office.OFFICE}-{office.PERIOD}"]], order="name desc",
    )  # fmt: skip
    if rows:
        made = day.visitor.call("provider's file written", "ansinh_app.api.provider_file", post=True, batch=rows[0]["name"])
        day.visitor.ask("provider's file fetched", made["file_url"])


def preflight(day: Day) -> None:
    if day.written.claim(f"preflight {day.number}"):
        period = f"{office.OFFICE}-{office.PERIOD}"
        day.visitor.call("preflight of the month", "ansinh_app.api.preflight", period=period)


def prepare_again(day: Day) -> None:
    """The month is prepared again, once in a measurement: a job in the background."""
    if day.written.claim("prepare"):
        doc = json.dumps({"doctype": "Payout Period", "name": f"{office.OFFICE}-{office.PERIOD}"})
        day.visitor.call(
            "month's job queued", "ansinh_app.payouts.doctype.payout_period.payout_period.run_prepare", post=True, doc=doc
        )


def send_a_list(day: Day) -> None:
    """A commune's workbook of a few new people, as the office takes it in: uploaded, checked, run by a job."""
    if not day.written.claim(f"import {day.number} {len(day.written.imports)}"):
        return
    unit = day.visitor.rows("a person's commune", "Beneficiary", ["administrative_unit as unit"], limit=1)[0]["unit"]
    url = day.visitor.upload("workbook uploaded", f"{uuid.uuid4().hex[:8]}.xlsx", _workbook())
    values = {"administrative_unit": unit, "office": office.OFFICE, "programme": "BTXH", "file": url}
    doc = day.visitor.new("import written", "Registry Import", values)
    base = "ansinh_app.registry.doctype.registry_import.registry_import."
    sent = json.dumps({"doctype": "Registry Import", "name": doc["name"]})
    day.visitor.call("import checked", base + "check_workbook", post=True, doc=sent)
    day.visitor.call("import's job queued", base + "start_import", post=True, doc=sent)
    with day.written.lock:
        day.written.imports.append(doc["name"])


def _workbook() -> bytes:
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        heads = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Đối tượng", "Số QĐ", "Ngày QĐ", "Hưởng từ tháng")
        sheet.write_row(0, 0, [*heads, "Hình thức nhận", "Lý do nhận tiền mặt"])
        for row in range(1, _WORKBOOK_ROWS + 1):
            name = "Lương Thị " + "".join(random.choice("BCDGHKLMNPQRSTVX").upper() + "a " for _ in range(3)).strip()
            born = f"{random.randint(1, 28):02d}/{random.randint(1, 12):02d}/{random.randint(1945, 1999)}"
            values = (row, name, born, "Nữ", "BTXH-06B1", "45/QĐ-UBND", "10/06/2026", "07/2026", "Tiền mặt")
            sheet.write_row(row, 0, [*values, "Chưa mở được tài khoản"])
    return target.getvalue()


def counter(day: Day) -> None:
    """The page, the day's people, somebody looked for, and a family's papers taken."""
    base, visitor = "ansinh_app.payee_accounts.counter.", day.visitor
    visitor.ask("page /counter", "/counter")
    found = visitor.call("counter: campaigns", base + "campaigns")
    if not found:
        return
    session = day.chance.choice(found[0]["sessions"])["name"]
    people = visitor.call("counter: the day's people", base + "people", campaign=found[0]["name"], session=session)["people"]
    visitor.call("counter: somebody looked for", base + "find", campaign=found[0]["name"], text=day.chance.choice(_TYPED))
    for row in people:
        ways = [way for way in row["ways"] if way[1] == -1]
        if row["status"] == "Draft" and ways and day.written.claim(row["request"]):
            break
    else:
        return
    visitor.call("counter: numbers to compare", base + "numbers", account_request=row["request"])
    day.read()
    holder, _none, papers, who = ways[0]
    values = {"holder_type": holder, "representative": who[0][0] if who else "", "papers": papers, "consent": 1}
    key = uuid.uuid4().hex
    visitor.call(
        "counter: papers taken", base + "take", post=True, account_request=row["request"], visit_key=key,
        step="missing", values={**values, "papers": [], "note": "Thiếu bản sao giấy tờ"}, session=session,
    )  # fmt: skip
    with day.written.lock:
        day.written.visits.append(key)


def tick_cash_list(day: Day) -> None:
    """A sheet of the signed list: its lines read, all ticked as paid."""
    base, visitor = "ansinh_app.payouts.signed_lists.", day.visitor
    visitor.ask("page /cash-list", "/cash-list")
    lists = visitor.call("cash list: lists", base + "batches")
    lists = [row for row in lists if row["left"] > _SHEET_LINES]
    if not lists:
        return
    batch = day.chance.choice(lists)["name"]
    places = visitor.call("cash list: places", base + "places", batch=batch)["places"]
    place = day.chance.choice([place for place in places if place["left"]] or [None])
    if place is None:
        return
    sheet = visitor.call("cash list: sheet", base + "sheet", batch=batch, numbers=place["numbers"])
    open_lines = [line for line in sheet["lines"] if not line["status"] and day.written.claim(line["line"])]
    ticked = open_lines[:_SHEET_LINES]
    if not ticked:
        return
    day.read()
    key = uuid.uuid4().hex
    visitor.call(
        "cash list: ticked", base + "take", post=True, batch=batch, numbers=place["numbers"], list_key=key,
        values={line["line"]: ["Paid", ""] for line in ticked}, stated_total=sum(line["total"] for line in ticked),
    )  # fmt: skip
    with day.written.lock:
        day.written.sheets[key] = len(ticked)


def verify(day: Day) -> None:
    """The police look at one identity and confirm it."""
    for name in day.visitor.page_of("list of identities", "Identity Verification", {"status": "Requested"}):
        if day.written.claim(name):
            break
    else:
        return
    form = day.visitor.open("an identity opened", "Identity Verification", name)
    day.read()
    day.visitor.do("identity confirmed", "Identity Verification", name, form, "Confirm Identity")
    with day.written.lock:
        day.written.verified.append(name)


_PEOPLE = ((look_at_people, 4), (filter_people, 4), (search_people, 5), (open_person, 8))
_MONTH = f"{office.PERIOD}-01"
DAYS = {
    "Social Affairs Officer": (
        *_PEOPLE, (write_note, 5), (find_by_link, 4), (look_at_lines, 3), (look_at_batches, 2), (explain, 2),
        (_workspace("Social Affairs Desk"), 3), (paper_of_person, 2), (paper_as_pdf, 1), (fetch_provider_file, 0.5),
        (send_a_list, 0.7),
        (_report("Failed and Carried Over", month=_MONTH, office=office.OFFICE), 1),
        (_report("Account Coverage", office=office.OFFICE), 1),
    ),
    "Social Affairs Manager": (
        *_PEOPLE, (approve, 12), (_workspace("Approval Desk"), 4), (look_at_batches, 3), (leader_page, 2),
        (preflight, 1), (prepare_again, 2), (_report("Monthly Payout", month=_MONTH, office=office.OFFICE), 1),
    ),
    "Commune Officer": (
        *_PEOPLE, (write_note, 4), (propose, 5), (find_by_link, 3), (_workspace("Commune Desk"), 3),
        (paper_of_person, 2), (_list("Support Case"), 1), (_report("Account Coverage"), 1),
    ),
    "Police Officer": (
        (verify, 8), (_list("Identity Verification List"), 3), (_workspace("Police Desk"), 3), (_list("ID Card Request"), 1),
    ),
    "Bank Officer": (
        (look_at_lines, 5), (look_at_batches, 4), (_workspace("Bank Desk"), 3), (_list("Account Request"), 4), (counter, 4),
        (_report("Failed and Carried Over", month=_MONTH), 1),
    ),
    "Post Office Clerk": (
        (tick_cash_list, 6), (look_at_lines, 3), (_workspace("Post Desk"), 3), (look_at_batches, 3),
    ),
    "Treasury Officer": (
        (_list("Treasury Drawdown"), 4), (_workspace("Treasury Desk"), 3), (_report("Treasury Tie-out"), 1),
    ),
    "Finance Officer": (
        (_workspace("Finance Desk"), 3), (_list("Budget Allotment"), 2), (leader_page, 2), (look_at_batches, 2),
        (_report("Budget Settlement"), 1),
    ),
    "Outreach Officer": (
        (_list("Support Case"), 4), (_list("Outreach Activity"), 3), (_workspace("Outreach Desk"), 3),
    ),
    "Province Viewer": (
        (_workspace("Province Desk"), 3), (leader_page, 2), (_list("Payout Period"), 2),
        (_report("Account Coverage"), 2), (_report("Monthly Payout", month=_MONTH), 1),
    ),
    "Auditor": (
        *_PEOPLE, (look_at_lines, 3), (look_at_batches, 3), (_list("Personal Data Log"), 4), (_workspace("Oversight Desk"), 3),
    ),
}  # fmt: skip
