"""Prepares a period: makes or refreshes its batches, lines and proposed recovery cases in one transaction.

The office passes by in parts, in the order of its lists: a part is read, worked out, written and forgotten.
"""

from collections import defaultdict
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import OvertakenError, PeriodStateError
from ansinh_app.payouts import lost_lists, proposals, recoveries
from ansinh_app.payouts.book.scope import places_of
from ansinh_app.payouts.findings import count_held
from ansinh_app.payouts.plan import Held, Plan, Planner
from ansinh_app.payouts.rows import LINE_FIELDS, MONEY_FIELDS, delete_lines, insert_lines
from ansinh_app.utils import many
from ansinh_app.utils.memory import few_collections
from ansinh_app.utils.sealed_numbers import opened

_COMPARED = tuple(fieldname for fieldname in LINE_FIELDS if fieldname != "status")


def prepare(period: str, as_of: date | str | None = None) -> dict:
    """Runs a period under what was known on `as_of` (default: the period's own, else today).

    Run again and only what changed changes; sealed batches are left alone, and what arrives after a group's
    batch is sealed goes into the next month. Returns counts and totals.
    """
    status = lock_period(period)
    document = frappe.get_doc("Payout Period", period)
    _check_state(document, status)
    known_on = getdate(as_of or document.as_of or None)
    planner = Planner(document, known_on)
    run = _Run(planner)
    with few_collections():
        for part in planner.parts(_progress(document)):
            run.take(part)
    run.remove_gone()
    cases = recoveries.propose(planner, run.over_paid, run.drafts)
    changes = proposals.draft(planner, sorted(run.changes, key=_person))
    run.batches.finish()
    summary = _summary(run, cases) | {"changes_proposed": changes}
    _record(document, summary, planner, run.held)
    return summary


def lock_period(period: str) -> str:
    """Makes everything that changes an office's money wait its turn; returns the period's status then.

    The office is locked too: two of its months prepared at once would each pay what the other pays. Where a
    database goes on showing what stood there before the wait, an act that meanwhile came to pass is not seen:
    then this one is refused, and goes right when it is asked for again.
    """
    try:
        office = frappe.db.get_value("Payout Period", period, "office") or ""
        turn = frappe.db.get_value("Paying Office", office, "money_turn", for_update=True)
        status = frappe.db.get_value("Payout Period", period, "status", for_update=True)
    except (frappe.QueryTimeoutError, frappe.QueryDeadlockError):
        frappe.throw(
            _("Somebody else is working on {0} just now. Try again in a minute.").format(frappe.bold(period)),
            PeriodStateError,
        )
    if not status:
        frappe.throw(
            _("There is no payout period {0}.").format(frappe.bold(period)), frappe.DoesNotExistError
        )
    if turn != frappe.db.get_value("Paying Office", office, "money_turn"):
        frappe.throw(
            _("Somebody else changed payments of {0} just now. Look at them, and try again.").format(
                frappe.bold(office)
            ),
            OvertakenError,
        )
    table = frappe.qb.DocType("Paying Office")
    frappe.qb.update(table).set(table.money_turn, (turn or 0) + 1).where(table.name == office).run()
    return status


def _check_state(document, status: str) -> None:
    if status == "Closed":
        frappe.throw(
            _("{0} is closed. What arrives now goes into the next month.").format(frappe.bold(document.name)),
            PeriodStateError,
        )
    lost_lists.check_prepare(document.office, document.month)
    unsealed = unsealed_before(document.office, getdate(document.month))
    if unsealed:
        frappe.throw(
            _("Approve or cancel the batches of earlier months first: {0}.").format(", ".join(unsealed)),
            PeriodStateError,
        )
    later = _prepared_after(document.office, getdate(document.month))
    if later:
        frappe.throw(
            _("Later months are prepared already: {0}. What is missing goes into the next month.").format(
                ", ".join(later)
            ),
            PeriodStateError,
        )


def unsealed_before(office: str, month: date) -> list[str]:
    """Batches of the office's earlier months that nobody has approved yet."""
    period, batch = frappe.qb.DocType("Payout Period"), frappe.qb.DocType("Payout Batch")
    rows = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(batch.name)
        .where(period.office == office)
        .where(period.month < month)
        .where(batch.docstatus == 0)
        .orderby(batch.name)
        .run()
    )
    return [row[0] for row in rows]


def _prepared_after(office: str, month: date) -> list[str]:
    period, batch = frappe.qb.DocType("Payout Period"), frappe.qb.DocType("Payout Batch")
    rows = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(period.name)
        .distinct()
        .where(period.office == office)
        .where(period.month > month)
        .where(batch.docstatus < 2)
        .run()
    )
    return sorted(row[0] for row in rows)


def _progress(document):
    def tell(done: int, total: int) -> None:
        frappe.publish_progress(
            100 * done // max(total, 1),
            title=_("Preparing {0}").format(document.name),
            doctype=document.doctype,
            docname=document.name,
        )

    return tell


class _Batches:
    """The period's batches while a run refreshes them, by group (programme, provider, channel)."""

    def __init__(self, plan: Planner) -> None:
        self.plan = plan
        table = frappe.qb.DocType("Payout Batch")
        # Locked reads see what a run that finished meanwhile has written.
        rows = (
            frappe.qb.from_(table)
            .select(
                table.name,
                table.programme,
                table.provider,
                table.channel,
                table.docstatus,
                table.status,
                table.contract,
                table.receiver,
                table.line_count,
                table.total_amount,
            )
            .where(table.period == plan.period)
            .where(table.docstatus < 2)
            .orderby(table.name)
            .for_update()
            .run(as_dict=True)
        )
        self.sealed = {row.name for row in rows if row.docstatus == 1}
        self.sealed_groups = {self._group(row) for row in rows if row.docstatus == 1}
        self.drafts = {self._group(row): row for row in rows if row.docstatus == 0}
        self.counts: dict[str, int] = defaultdict(int)
        self.totals: dict[str, int] = defaultdict(int)
        self.touched: set[str] = set()

    @staticmethod
    def _group(row: dict) -> tuple[str, str, str]:
        return (row["programme"], row["provider"], row["channel"])

    def takes(self, line: dict) -> bool:
        """Whether the line's group still has, or may get, a batch that is not sealed."""
        return self._group(line) not in self.sealed_groups

    def of(self, line: dict) -> str:
        """The draft batch the line belongs to, made when it is missing."""
        group = self._group(line)
        if group not in self.drafts:
            self.drafts[group] = self._make(*group)
        return self.drafts[group].name

    def _make(self, programme: str, provider: str, channel: str):
        batch = frappe.get_doc(
            {
                "doctype": "Payout Batch",
                "office": self.plan.office,
                "period": self.plan.period,
                "programme": programme,
                "provider": provider,
                "channel": channel,
            }
        )
        batch.flags.by_run = True
        # The right to prepare the period was checked; batches come from nowhere else.
        batch.insert(ignore_permissions=True)
        self.touched.add(batch.name)
        return batch

    def finish(self) -> None:
        """Totals, contract and receiver of every draft; a draft without lines goes."""
        for (programme, provider, channel), batch in list(self.drafts.items()):
            if not self.counts[batch.name]:
                frappe.delete_doc("Payout Batch", batch.name, ignore_permissions=True)
                del self.drafts[(programme, provider, channel)]
                continue
            contract = self.plan.contracts.find(provider, programme, channel)
            values = {
                "contract": contract.name if contract else None,
                "receiver": (contract and contract.via_provider) or provider,
                "line_count": self.counts[batch.name],
                "total_amount": self.totals[batch.name],
            }
            same = (
                (batch.contract or None) == values["contract"]
                and batch.receiver == values["receiver"]
                and as_dong(batch.total_amount or 0) == values["total_amount"]
                and batch.line_count == values["line_count"]
            )
            if same and batch.name not in self.touched:
                continue
            values |= {"prepared_by": frappe.session.user, "prepared_on": now_datetime()}
            if batch.status in ("Pending Approval", "Checked"):
                # Somebody is about to approve another list than this one.
                values |= {"status": "Draft", "checked_by": None, "checked_on": None}
            frappe.db.set_value("Payout Batch", batch.name, values)


class _Run:
    """What a run has done so far, and what it has to remember of the parts that have passed."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.batches = _Batches(planner)
        self.counts = {"created": 0, "changed": 0, "unchanged": 0, "removed": 0, "next_month": 0}
        self.held: list[Held] = []
        self.over_paid: list[recoveries.OverPaid] = []
        self.drafts = recoveries.Drafts(planner)
        self.changes: list[proposals.ProposedChange] = []
        self.suspensions = proposals.suspended_by_a_change(planner)
        self.existing = _count_existing(planner)
        self.seen = 0

    def take(self, part: Plan) -> None:
        """Writes a part and keeps what concerns the whole."""
        _write_lines(part, self)
        self.held += part.held
        self.over_paid += recoveries.over_paid(part)
        self.drafts.meet(part)
        self.changes += proposals.find(part, self.suspensions)

    def remove_gone(self) -> None:
        """Lines of drafts whose people the office pays no longer: no part has met them."""
        if self.seen == self.existing:
            return
        gone = [row for row in _lines_of_others(self.planner) if row.batch not in self.batches.sealed]
        self.counts["removed"] += len(gone)
        self.batches.touched |= {row.batch for row in gone}
        delete_lines([row.name for row in gone])


def _person(item) -> str:
    return item.beneficiary


def _write_lines(plan: Plan, run: _Run) -> None:
    """Deletes, replaces and inserts the part's lines of draft batches so that they are the plan's."""
    batches, counts = run.batches, run.counts
    existing = _existing(plan) if run.existing else []
    run.seen += len(existing)
    sealed_keys = {line.line_key for line in existing if line.batch in batches.sealed}
    drafts = {line.line_key: line for line in existing if line.batch not in batches.sealed}
    taken = {key for person in plan.book.people.values() for key in person.taken}
    gone, write = [], []
    kept = set()
    for line in sorted(plan.lines.values(), key=_list_order(plan)):
        key = line["line_key"]
        if key in sealed_keys or key in taken:
            continue
        if not batches.takes(line):
            counts["next_month"] += 1
            continue
        batch = line["batch"] = batches.of(line)
        batches.counts[batch] += 1
        batches.totals[batch] += line["total"]
        # Parts pass in the order of the lists, so the next number is the line's.
        line["line_no"] = batches.counts[batch]
        old = drafts.get(key)
        if old is None:
            counts["created"] += 1
        else:
            kept.add(key)
            if _same(old, line):
                counts["unchanged"] += 1
                continue
            counts["changed"] += 1
            line |= {"name": old.name, "creation": old.creation, "owner": old.owner}
            gone.append(old.name)
            batches.touched.add(old.batch)
        batches.touched.add(batch)
        write.append(line)
    for key, old in drafts.items():
        if key not in kept:
            counts["removed"] += 1
            gone.append(old.name)
            batches.touched.add(old.batch)
    delete_lines(gone)
    insert_lines(write)


def _count_existing(planner: Planner) -> int:
    """How many lines the period has: read with a lock, as what a run that finished meanwhile has written counts."""
    table = frappe.qb.DocType("Payout Line")
    return len(_standing(planner, table).select(table.docstatus).run())


def _standing(planner: Planner, table):
    query = frappe.qb.from_(table).where(table.period == planner.period).where(table.status != "Cancelled")
    return query.for_update()


def _existing(plan: Plan) -> list[dict]:
    """The period's lines of the people of this part."""
    found = many.rows_among(
        "Payout Line",
        ("name", "creation", "owner", *LINE_FIELDS),
        "beneficiary",
        list(plan.book.people),
        "and `period` = %s and `status` <> 'Cancelled' for update",
        (plan.period,),
        as_dict=True,
    )
    return opened(list(found))


def _lines_of_others(planner: Planner) -> list[dict]:
    """Name and batch of the period's lines whose people the office does not pay in the month."""
    table = frappe.qb.DocType("Payout Line")
    rows = _standing(planner, table).select(table.name, table.batch, table.beneficiary).run(as_dict=True)
    paid_here = {name for name, *_rest in places_of(planner.who())}
    return [row for row in rows if row.beneficiary not in paid_here]


def _list_order(plan: Plan):
    """Lists go by commune, village and name, as they are handed out."""
    units = plan.book.units
    people = plan.book.people

    def order(line: dict) -> tuple:
        unit = units.get(line["administrative_unit"])
        person = people[line["beneficiary"]].row
        return (
            unit.unit_name if unit else "",
            line["village"],
            person.search_name or person.full_name,
            line["line_key"],
        )

    return order


def _same(old: dict, new: dict) -> bool:
    for fieldname in _COMPARED:
        if fieldname in MONEY_FIELDS:
            if as_dong(old[fieldname] or 0) != new[fieldname]:
                return False
        elif (old[fieldname] or None) != (new[fieldname] or None):
            return False
    return True


def _summary(run: _Run, cases: dict[str, int]) -> dict:
    plan, held_back = run.planner, [held for held in sorted(run.held, key=_person) if held.blocking]
    table = frappe.qb.DocType("Payout Batch")
    fields = ("name", "programme", "provider", "channel", "status", "line_count", "total_amount")
    rows = (
        frappe.qb.from_(table)
        .select(*(table[fieldname] for fieldname in fields))
        .where(table.period == plan.period)
        .where(table.docstatus < 2)
        .orderby(table.name)
        # A run that ended while this one waited is seen by a locked read only.
        .for_update()
        .run(as_dict=True)
    )
    for row in rows:
        row.total_amount = as_dong(row.total_amount or 0)
    return {
        "period": plan.period,
        "as_of": str(plan.as_of),
        "lines": sum(row.line_count for row in rows),
        "total": sum(row.total_amount for row in rows),
        **run.counts,
        "held_back": len({held.beneficiary for held in held_back}),
        "held": [
            {
                "code": held.code,
                "beneficiary": held.beneficiary,
                "full_name": held.full_name,
                "detail": held.detail,
            }
            for held in held_back
        ],
        "recovery_cases": cases,
        "batches": rows,
    }


def _record(document, summary: dict, plan: Planner, held: list[Held]) -> None:
    values = {
        "as_of": plan.as_of,
        "line_count": summary["lines"],
        "total_amount": summary["total"],
        "problem_count": summary["held_back"],
        "problems": count_held(sorted(held, key=_person)),
        "prepared_on": now_datetime(),
        "prepared_by": frappe.session.user,
    }
    if document.status == "Open":
        values["status"] = "Prepared"
    frappe.db.set_value("Payout Period", document.name, values)


def month_of(period: str) -> Month:
    """The month a period pays."""
    return Month.parse(getdate(frappe.db.get_value("Payout Period", period, "month")))
