"""Auto Email Report: a report that is sent every so often, with the rights of one user and no more."""

import calendar
from contextlib import contextmanager
from email.utils import formataddr

import frappe
from frappe import _
from frappe.desk.query_report import build_xlsx_data
from frappe.model.document import Document
from frappe.model.naming import append_number_if_name_exists
from frappe.translate import print_language
from frappe.utils import (
    add_to_date,
    cint,
    cstr,
    escape_html,
    format_time,
    get_first_day,
    get_first_day_of_week,
    get_link_to_form,
    get_quarter_start,
    get_url,
    get_year_start,
    getdate,
    global_date_format,
    now,
    now_datetime,
    today,
    validate_email_address,
)
from frappe.utils.csvutils import to_csv
from frappe.utils.xlsxutils import make_xlsx

FORMATS = ("HTML", "XLSX", "CSV")
NUMERIC = ("Int", "Float", "Currency", "Percent", "Check")
MAX_ROWS = 500  # of a Report Builder report
MAX_REPORTS = 20  # of one user; max_reports_per_user in site_config.json
PERIODS = {
    "Daily": {"days": -1},
    "Weekly": {"weeks": -1},
    "Monthly": {"months": -1},
    "Quarterly": {"months": -3},
    "Half Yearly": {"months": -6},
    "Yearly": {"years": -1},
}


class AutoEmailReport(Document):
    def autoname(self):
        self.name = append_number_if_name_exists("Auto Email Report", _(self.report))

    def validate(self):
        self.validate_user()
        self.validate_report_count()
        self.validate_emails()
        self.validate_report_format()
        self.validate_mandatory_fields()

    @property
    def sender_email(self):
        return frappe.db.get_value("Email Account", self.sender, "email_id")

    def validate_user(self):
        """Only a System Manager may send what somebody else sees."""
        if self.user != frappe.session.user and "System Manager" not in frappe.get_roles():
            frappe.throw(_("You can only send reports with your own permissions."), frappe.PermissionError)

    def validate_emails(self):
        addresses = cstr(self.email_to).replace(",", "\n").split()
        for address in addresses:
            validate_email_address(address, True)
        self.email_to = "\n".join(addresses)

    def validate_report_count(self):
        most = cint(frappe.conf.max_reports_per_user) or MAX_REPORTS
        count = frappe.db.count("Auto Email Report", {"user": self.user, "enabled": 1})
        if count > most + (-1 if self.flags.in_insert else 0):
            frappe.throw(
                _("Only {0} emailed reports are allowed per user.").format(most),
                title=_("Report limit reached"),
            )

    def validate_report_format(self):
        if self.format not in FORMATS:
            frappe.throw(
                _("{0} is not a valid report format. Report format should one of the following {1}").format(
                    frappe.bold(self.format), frappe.bold(", ".join(FORMATS))
                )
            )

    def validate_mandatory_fields(self):
        """Every filter the report demands has a value."""
        given = frappe.parse_json(self.filters or "{}")
        missing = [
            field["label"]
            for field in frappe.parse_json(self.filter_meta or "[]")
            if field.get("reqd") and not given.get(field["fieldname"])
        ]
        if missing:
            listed = "".join(f"<li>{escape_html(label)}</li>" for label in missing)
            frappe.throw(
                _("Following Report Filters have missing values:") + f"<br><br><ul>{listed}</ul>",
                title=_("Missing Filters Required"),
            )

    def get_report_content(self) -> str | bytes | None:
        """The report in its format (HTML text, XLSX bytes, CSV text) as its user sees it, in his language.

        None where there are no rows and only rows are wanted. ValidationError where the user is disabled,
        PermissionError where he may not run the report.
        """
        if not frappe.db.get_value("User", self.user, "enabled"):
            frappe.throw(_("User {0} is disabled").format(self.user))
        with _acting_as(self.user), print_language(_language_of(self.user)):
            columns, rows = self.get_rows()
            if not rows and self.send_if_data:
                return None
            if self.format == "HTML":
                return self.get_html_table(columns, rows)
            sheet, widths = build_xlsx_data(
                frappe._dict(columns=columns, result=rows), [], 1, ignore_visible_idx=True
            )
            if self.format == "XLSX":
                return make_xlsx(sheet, "Auto Email Report", column_widths=widths).getvalue()
            return to_csv(sheet)

    def get_rows(self) -> tuple[list, list]:
        """(columns, rows as dicts), numbered from 1 in a first column."""
        report = frappe.get_doc("Report", self.report)
        filters = frappe.parse_json(self.filters or "{}")
        if report.report_type == "Report Builder":
            if self.data_modified_till:
                filters["modified"] = (">", add_to_date(now_datetime(), hours=-self.data_modified_till))
        elif self.dynamic_date_filters_set():
            filters[self.from_date_field], filters[self.to_date_field] = self.get_period()
        columns, rows = report.get_data(
            limit=min(self.no_of_rows or 100, MAX_ROWS),
            user=self.user,
            filters=filters,
            as_dict=True,
            ignore_prepared_report=True,
            are_default_filters=False,
        )
        columns = [frappe._dict(fieldname="idx", label="", width=30), *columns]
        rows = [frappe._dict(row, idx=number) for number, row in enumerate(rows, 1)]
        return columns, rows

    def get_html_table(self, columns=None, rows=None) -> str:
        """The mail's text; without columns only what stands around the rows."""
        doctype = frappe.db.get_value("Report", self.report, "ref_doctype")
        heads = [
            {
                "label": _(cstr(column.get("label"))),
                "align": "right" if column.get("fieldtype") in NUMERIC else "left",
            }
            for column in columns or []
        ]
        place = f"query-report/{self.report}"
        if self.report_type == "Report Builder":
            place = f"{frappe.scrub(doctype).replace('_', '-')}/view/report/{self.report}"
        return frappe.render_template(
            "frappe/templates/emails/auto_email_report.html",
            {
                "title": self.name,
                "description": self.description,
                "date_time": f"{global_date_format(now())} {format_time(now())}",
                "columns": heads,
                "rows": [[_cell(row, column) for column in columns] for row in rows or []],
                "report_url": get_url(f"/app/{place}"),
                "report_name": self.report,
                "edit_report_settings": get_link_to_form("Auto Email Report", self.name),
            },
        )

    def get_file_name(self) -> str:
        return f"{self.report.replace(' ', '-').replace('/', '-')}.{self.format.lower()}"

    def dynamic_date_filters_set(self) -> bool:
        return bool(self.dynamic_date_period and self.from_date_field and self.to_date_field)

    def prepare_dynamic_filters(self) -> None:
        """Write the period that ends today into the filters."""
        self.filters = frappe.parse_json(self.filters or "{}")
        self.filters[self.from_date_field], self.filters[self.to_date_field] = self.get_period()

    def get_period(self) -> tuple:
        """(first day, today) of the period: that long ago, or where the present one began."""
        end = today()
        if not self.use_first_day_of_period or self.dynamic_date_period == "Daily":
            return add_to_date(end, **PERIODS[self.dynamic_date_period]), end
        start = {
            "Weekly": get_first_day_of_week,
            "Monthly": get_first_day,
            "Quarterly": get_quarter_start,
            "Half Yearly": _half_year_start,
            "Yearly": get_year_start,
        }[self.dynamic_date_period]
        return start(end), end

    def send(self) -> None:
        """Queue the mail; nothing where there is nothing to send."""
        if self.filter_meta and not self.filters:
            frappe.throw(_("Please set filters value in Report Filter table."))
        data = self.get_report_content()
        if not data:
            return
        attachments = None
        if self.format != "HTML":
            attachments = [{"fname": self.get_file_name(), "fcontent": data}]
            with print_language(_language_of(self.user)):
                data = self.get_html_table()
        frappe.sendmail(
            recipients=self.email_to.split(),
            sender=formataddr((self.sender, self.sender_email)) if self.sender else "",
            subject=self.name,
            message=data,
            attachments=attachments,
            reference_doctype=self.doctype,
            reference_name=self.name,
        )


def _cell(row: dict, column: dict) -> str:
    """A value as the report shows it, links as links, harmless in HTML (the template escapes nothing)."""
    value = row.get(column.get("fieldname"))
    kind, target = column.get("fieldtype"), column.get("options")
    if value in (None, ""):
        return ""
    if kind == "Dynamic Link":
        target = row.get(target)
    if kind in ("Link", "Dynamic Link") and target and target != "Currency":
        return get_link_to_form(target, cstr(value), escape_html(cstr(value)))
    if not kind or kind in ("Data", "Small Text", "Text", "Select", "Link"):
        return escape_html(cstr(value))
    return frappe.format_value(value, column, doc=row)


def _language_of(user: str) -> str:
    return frappe.db.get_value("User", user, "language") or frappe.get_system_settings("language") or "en"


def _half_year_start(day) -> str:
    day = getdate(day)
    return day.replace(month=1 if day.month <= 6 else 7, day=1)


@contextmanager
def _acting_as(user: str):
    """Everything inside has the rights of `user`; the session is what it was afterwards."""
    session = frappe.local.session
    former = session.user, session.sid, session.data, frappe.local.form_dict
    frappe.set_user(user)
    try:
        yield
    finally:
        frappe.set_user(former[0])
        session.sid, session.data, frappe.local.form_dict = former[1:]


@frappe.whitelist()
def download(name: str) -> None:
    """The report as a file."""
    report = frappe.get_doc("Auto Email Report", name)
    report.check_permission()
    data = report.get_report_content()
    if not data:
        frappe.msgprint(_("No Data"))
        return
    frappe.local.response.filecontent = data
    frappe.local.response.type = "download"
    frappe.local.response.filename = report.get_file_name()


@frappe.whitelist(methods=["POST"])
def send_now(name: str) -> None:
    report = frappe.get_doc("Auto Email Report", name)
    report.check_permission()
    report.send()


@frappe.whitelist(methods=["POST"])
def send_report(doc: str | dict) -> str:
    """DocType Action of send_now."""
    send_now(frappe.parse_json(doc).get("name"))
    return _("The report is on its way, if it has any data.")


def send_daily() -> None:
    """A scheduled event: what is to go out today."""
    day = calendar.day_name[now_datetime().weekday()]
    for row in frappe.get_all(
        "Auto Email Report",
        filters={"enabled": 1, "frequency": ("in", ("Daily", "Weekdays", "Weekly"))},
        fields=["name", "frequency", "day_of_week"],
    ):
        if row.frequency == "Weekdays" and day in ("Saturday", "Sunday"):
            continue
        if row.frequency == "Weekly" and row.day_of_week != day:
            continue
        _send_or_log(row.name)


def send_monthly() -> None:
    """A scheduled event: what is to go out once a month."""
    for name in frappe.get_all(
        "Auto Email Report", filters={"enabled": 1, "frequency": "Monthly"}, pluck="name"
    ):
        _send_or_log(name)


def _send_or_log(name: str) -> None:
    """One report that fails does not keep the others back."""
    frappe.db.savepoint("auto_email_report")
    try:
        frappe.get_doc("Auto Email Report", name).send()
    except Exception:
        title = f"Failed to send {name} Auto Email Report"
        trace = frappe.get_traceback()
        frappe.db.rollback(save_point="auto_email_report")
        frappe.clear_messages()
        frappe.log_error(title, trace, reference_doctype="Auto Email Report", reference_name=name)
