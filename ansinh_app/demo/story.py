"""The story of the sample city, June to September 2024: lists in, four months paid, settled and reported."""

from datetime import date
from pathlib import Path

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days

from ansinh_app import api
from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.demo import accounts, lookalikes, outreach, police, reporting
from ansinh_app.demo.office import COMMUNE_USER, MANAGER, OFFICE, OFFICER, set_up_office, unit_name
from ansinh_app.demo.providers import answer
from ansinh_app.demo.workbooks import write_city
from ansinh_app.payouts.doctype.payout_period import payout_period

# Month paid for, and the day the list was made (the runs of tests/golden/runs.csv).
RUNS = (
    ("2024-06", date(2024, 5, 24)),
    ("2024-07", date(2024, 6, 24)),
    ("2024-08", date(2024, 7, 24)),
    ("2024-09", date(2024, 8, 23)),
)
FIRST_MONTH = date(2024, 6, 1)
# Of each provider's payments one in so many comes back, month by month; the bank of people of merit is better.
FAIL_EVERY = {"STB": (83, 140, 190, 0), "CTG": (61, 120, 0, 97), "VNPOST": (45, 60, 80, 0), "BID": (0, 130, 0, 0)}


def run(folder: str | None = None, share: float = 1.0, say=print) -> dict:
    """Run the whole story on the connected site; files go to `folder`. Can be run again: what is done stays done.

    `share` below 1 makes a smaller city. Returns a summary: people, per run and provider the lines and totals,
    and where the files lie.
    """
    story = Story(folder or frappe.get_site_path("private", "files", "demo"), share, say)
    usual, frappe.local.lang = frappe.local.lang, "vi"  # the city's people get their messages and papers in Vietnamese
    try:
        return story.tell()
    finally:
        frappe.local.lang = usual
        frappe.set_user("Administrator")


class Story:
    """Plays every agency of the city in turn."""

    def __init__(self, folder: str | Path, share: float = 1.0, say=print):
        self.folder = Path(folder)
        self.share = share
        self.say = say
        self.files: list[tuple[str, str]] = []

    def tell(self) -> dict:
        set_up_office(self.say)
        frappe.db.commit()
        self.bring_in_the_lists()
        for index, (month, as_of) in enumerate(RUNS):
            self.before_the_run(month)
            self.pay(month, as_of, index)
        for told in (lookalikes.enter_twice(), lookalikes.date_mandates()):
            self.say(told or "  đã làm trước đó")
        outreach.tell(self.say)
        reporting.tell(self.say)
        frappe.set_user("Administrator")
        return self.summary()

    # 2. In

    def bring_in_the_lists(self) -> None:
        """Each commune's workbook goes through Registry Import; what cannot be taken comes back with reasons."""
        for sent in write_city(self.folder / "from communes", self.share):
            self.files.append((f"Danh sách của {sent['commune']}", sent["path"]))
            unit = unit_name(sent["unit_code"])
            frappe.set_user(COMMUNE_USER.get(sent["unit_code"], OFFICER))
            if frappe.db.exists("Registry Import", {"administrative_unit": unit, "status": ("like", "Completed%")}):
                self.say(f"  {sent['commune']}: đã nhập trước đó")
                continue
            doc = self.new_import(unit, sent["path"])
            frappe.set_user(OFFICER)
            counts = api.import_registry(doc.name)
            frappe.db.commit()
            doc.reload()
            if doc.error_file:
                self.keep("returned to communes", f"Lỗi - {Path(sent['path']).name}", doc.error_file)
            self.say(
                f"  {sent['commune']}: {doc.rows_total} dòng, thêm {doc.rows_created}, "
                f"tự sửa {doc.rows_repaired}, trả lại {doc.rows_rejected}"
            )
            if not counts:
                raise frappe.ValidationError(doc.error_message)

    def new_import(self, unit: str, path: str):
        doc = frappe.get_doc(
            {
                "doctype": "Registry Import",
                "administrative_unit": unit,
                "office": OFFICE,
                "effective_month": FIRST_MONTH,
                "file": self.attach(path),
            }
        ).insert()
        frappe.db.commit()
        return doc

    # between the runs: what happens to people

    def before_the_run(self, month: str) -> None:
        """Decisions that arrive between two lists, and accounts; each once, also when the story is told again."""
        if frappe.db.get_value("Payout Period", f"{OFFICE}-{month}", "status") != "Closed":
            accounts.before_the_run(self, month)
        if month == "2024-07":
            self.late_decisions()
            self.one_moves_away()
        if month == "2024-08":
            self.say(police.verify(self.keep) or "  Công an: đã xác minh trước đó")
        if month == "2024-09":
            self.one_death_reported_late()

    def late_decisions(self) -> None:
        """Three disability certificates of April, decided on 18 June: two months of arrears and June."""
        born = (date(1979, 4, 2), date(1991, 11, 23), date(1968, 8, 9))
        names = ("Nông Văn Mẫu Muộn", "Hoàng Thị Mẫu Trễ", "Lý Văn Mẫu Chậm")
        unit = unit_name("05986")
        for index, (name, birthday) in enumerate(zip(names, born, strict=True)):
            if frappe.db.exists("Beneficiary", {"full_name": name}):
                continue
            frappe.set_user(OFFICER)
            person = frappe.get_doc(
                {
                    "doctype": "Beneficiary",
                    "full_name": name,
                    "date_of_birth": birthday,
                    "sex": "Female" if "Thị" in name else "Male",
                    "administrative_unit": unit,
                    "village": "Thôn Đồi Chè",
                    "office": OFFICE,
                    "payment_method": "Cash",
                    "cash_reason": "Account not open yet",
                }
            ).insert()
            self.change(
                person.name,
                change_type="New",
                category="BTXH-06B1",
                effective_month=date(2024, 4, 1),
                decision_no=f"{300 + index}/QĐ-UBND",
                decision_date=date(2024, 6, 18),
                payment_method="Cash",
                cash_reason="Account not open yet",
                reason="Giấy xác nhận khuyết tật cấp tháng 4/2024",
            )

    def one_moves_away(self) -> None:
        """One person moved to another province: paid through June."""
        beneficiary, entitlement = self.somebody("BTXH-06B1", "05983")
        self.change(
            beneficiary,
            change_type="Stop",
            entitlement=entitlement,
            effective_month=date(2024, 7, 1),
            occurred_on=date(2024, 6, 12),
            decision_no="351/QĐ-UBND",
            decision_date=date(2024, 6, 20),
            reason="Chuyển đi tỉnh khác",
        )

    def one_death_reported_late(self) -> None:
        """Somebody over 80 died on 10 June; the commune says so on 1 August: July and August were paid."""
        beneficiary, _ = self.somebody("BTXH-05C", "05992")
        self.change(
            beneficiary,
            change_type="Death",
            occurred_on=date(2024, 6, 10),
            decision_no="402/QĐ-UBND",
            decision_date=date(2024, 8, 1),
            reason="Báo tử chậm",
        )

    def somebody(self, category: str, unit_code: str) -> tuple[str, str]:
        """The same person each time: the first of that category in the commune who has lived through all runs."""
        unit = unit_name(unit_code)
        rows = frappe.get_all(
            "Entitlement",
            filters={"category": category, "docstatus": 1},
            fields=["name", "beneficiary"],
            order_by="name asc",
        )
        for row in rows:
            if frappe.db.get_value("Beneficiary", row.beneficiary, "administrative_unit") == unit:
                return row.beneficiary, row.name
        raise frappe.DoesNotExistError(f"No {category} in {unit_code}")

    def change(self, beneficiary: str, **terms) -> None:
        """Proposed by the officer, approved by the manager."""
        if frappe.db.exists(
            "Registry Change",
            {"beneficiary": beneficiary, "change_type": terms["change_type"], "docstatus": ("<", 2)},
        ):
            return
        frappe.set_user(OFFICER)
        doc = frappe.get_doc({"doctype": "Registry Change", "beneficiary": beneficiary, **terms}).insert()
        doc = apply_workflow(doc, "Propose")
        frappe.set_user(MANAGER)
        apply_workflow(doc, "Approve")
        frappe.db.commit()

    # 3. Pay

    def pay(self, month: str, as_of: date, index: int) -> None:
        """One month: preflight, prepare, approve by somebody else, files out, results in, settle, close."""
        period = self.open_period(month, as_of)
        if frappe.db.get_value("Payout Period", period, "status") == "Closed":
            self.say(f"  {Month.parse(month).label}: đã quyết toán trước đó")
            return
        frappe.set_user(OFFICER)
        findings = api.preflight(period)
        blocks = sum(one["count"] for one in findings["blocks"])
        warnings = sum(one["count"] for one in findings["warnings"])
        counts = api.prepare_period(period)
        frappe.db.commit()
        self.say(
            f"  {Month.parse(month).label} (biết đến {as_of:%d/%m/%Y}): {counts['lines']} dòng, "
            f"{format_dong(counts['total'])} đồng; chặn {blocks}, cảnh báo {warnings}"
        )
        batches = frappe.get_all(
            "Payout Batch",
            filters={"period": period, "docstatus": ("<", 2)},
            fields=["name", "provider", "programme", "channel", "status", "docstatus"],
            order_by="name asc",
        )
        for batch in batches:
            self.approve_and_send(batch)
        self.draw_from_the_treasury(period, as_of)
        for batch in batches:
            self.take_results(batch, index)
        self.settle(period)
        accounts.date_first_credits(add_days(Month.parse(month).first_day, 4))

    def open_period(self, month: str, as_of: date) -> str:
        name = f"{OFFICE}-{month}"
        if not frappe.db.exists("Payout Period", name):
            frappe.set_user(OFFICER)
            frappe.get_doc(
                {
                    "doctype": "Payout Period",
                    "office": OFFICE,
                    "month": Month.parse(month).first_day,
                    "as_of": as_of,
                }
            ).insert()
            frappe.db.commit()
        return name

    def approve_and_send(self, batch) -> None:
        if batch.docstatus == 0:
            frappe.set_user(OFFICER)
            doc = apply_workflow(frappe.get_doc("Payout Batch", batch.name), "Submit for Approval")
            frappe.set_user(MANAGER)
            apply_workflow(doc, "Approve")
            frappe.db.commit()
        if frappe.db.get_value("Payout Batch", batch.name, "status") == "Approved":
            frappe.set_user(OFFICER)
            api.provider_file(batch.name)
            apply_workflow(frappe.get_doc("Payout Batch", batch.name), "Mark as Sent")
            frappe.db.commit()

    def draw_from_the_treasury(self, period: str, as_of: date) -> None:
        """4. A drawdown per programme and receiver, net of money still held from earlier months."""
        frappe.set_user(OFFICER)
        payout_period.make_drawdowns(frappe.get_doc("Payout Period", period).as_json())
        frappe.set_user(MANAGER)
        for name in frappe.get_all("Treasury Drawdown", filters={"period": period, "docstatus": 0}, pluck="name"):
            doc = frappe.get_doc("Treasury Drawdown", name)
            doc.drawn_on = add_days(as_of, 1)
            doc.save()
            doc.submit()
        frappe.db.commit()

    def take_results(self, batch, index: int) -> None:
        """The provider reads our file and answers with its own; failed lines will stand on the next list."""
        if frappe.db.get_value("Payout Batch", batch.name, "status") != "Sent":
            return
        ours = self.keep("to providers", None, frappe.db.get_value("Payout Batch", batch.name, "provider_file"))
        back = self.folder / "from providers"
        back.mkdir(parents=True, exist_ok=True)
        got = answer(ours, back, cash=batch.channel == "Cash", fail_every=FAIL_EVERY[batch.provider][index])
        self.files.append((f"Kết quả {batch.name}", str(got.path)))
        frappe.set_user(OFFICER)
        result = frappe.get_doc(
            {"doctype": "Provider Result", "batch": batch.name, "file": self.attach(got.path)}
        ).insert()
        result.submit()
        frappe.db.commit()
        if (result.paid, result.failed, result.unmatched) != (got.paid, got.failed, 0):
            raise frappe.ValidationError(
                f"{batch.name}: the provider paid {got.paid} and refused {got.failed}, "
                f"the office understood {result.paid}, {result.failed} and {result.unmatched} unmatched"
            )

    def settle(self, period: str) -> None:
        """A + B - D - F = G with each receiver, then the month is closed."""
        frappe.set_user(OFFICER)
        payout_period.make_settlements(frappe.get_doc("Payout Period", period).as_json())
        frappe.set_user(MANAGER)
        for name in frappe.get_all("Settlement", filters={"period": period, "docstatus": 0}, pluck="name"):
            frappe.get_doc("Settlement", name).submit()
        payout_period.close_period(frappe.get_doc("Payout Period", period).as_json())
        frappe.db.commit()

    # what was made

    def summary(self) -> dict:
        """People, lines and totals per run and provider, recovery proposals, and files."""
        lines = frappe.get_all(
            "Payout Batch",
            filters={"office": OFFICE, "docstatus": 1},
            fields=["period", "programme", "provider", "channel", "line_count", "total_amount", "paid_count",
                    "paid_amount", "unpaid_count", "unpaid_amount"],
            order_by="period asc, programme asc, provider asc, channel asc",
        )  # fmt: skip
        drawdowns = frappe.get_all(
            "Treasury Drawdown",
            filters={"office": OFFICE, "docstatus": 1},
            fields=["name", "period", "programme", "receiver", "batch_total", "held_by_provider", "amount"],
            order_by="period asc, programme asc, receiver asc",
        )
        settlements = frappe.get_all(
            "Settlement",
            filters={"office": OFFICE, "docstatus": 1},
            fields=["name", "period", "provider", "opening_held", "received", "due", "paid", "unpaid", "returned",
                    "closing_held", "fee_amount"],
            order_by="period asc, provider asc",
        )  # fmt: skip
        return {
            "people": frappe.db.count("Beneficiary", {"office": OFFICE}),
            "entitlements": frappe.db.count("Entitlement", {"office": OFFICE, "docstatus": 1}),
            "accounts": frappe.db.count("Payment Account"),
            "account_requests": frappe.get_all(
                "Account Request", filters={"office": OFFICE}, fields=["provider", "status"]
            ),
            "batches": lines,
            "drawdowns": drawdowns,
            "settlements": settlements,
            "recoveries": frappe.get_all(
                "Recovery Case", filters={"office": OFFICE}, fields=["name", "full_name", "amount", "status"]
            ),
            "files": self.files,
        }

    # files

    def attach(self, path: str | Path) -> str:
        """Put a file of the sample's into the site as a private attachment; returns its URL."""
        path = Path(path)
        return (
            frappe.get_doc(
                {"doctype": "File", "file_name": path.name, "is_private": 1, "content": path.read_bytes()}
            )
            .insert(ignore_permissions=True)
            .file_url
        )

    def keep(self, subfolder: str, name: str | None, file_url: str) -> Path:
        """Copy a file of the site to the sample's folder, where a person can open it."""
        file = frappe.get_doc("File", {"file_url": file_url})
        content = file.get_content()
        path = self.folder / subfolder / (name or file.file_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.files.append((subfolder, str(path)))
        return path
