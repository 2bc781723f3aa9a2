"""What the reports are built of: columns, figures, totals, charts, and an answer that explains an empty table."""

import frappe
from frappe import _

from ansinh_app.core.coverage import percent as share_of

UNKNOWN = "–"  # what the data cannot say; never a 0


def text(fieldname: str, label: str, width: int = 160, **more) -> dict:
    """A column of words."""
    return {"fieldname": fieldname, "label": label, "fieldtype": "Data", "width": width, **more}


def known(fieldname: str, label: str, width: int = 110, precision: int = 0, **more) -> dict:
    """A column of numbers of which some may not be known: filled by `said`, as a bench shows any dash as 0.

    `holds` tells the workbook that the words are numbers.
    """
    kind = {"fieldtype": "Data", "align": "right", "holds": "Float", "precision": precision}
    return {"fieldname": fieldname, "label": label, "width": width, **kind, **more}


def said(value, precision: int = 0) -> str:
    """A number of a `known` column as Vietnamese write it; a dash where it is None."""
    if value is None:
        return UNKNOWN
    return f"{value:,.{precision}f}".translate(str.maketrans(",.", ".,"))


def read_back(words: str) -> float | int | None:
    """The number that `said` wrote; None for a dash."""
    if words == UNKNOWN:
        return None
    plain = words.replace(".", "").replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def whole(fieldname: str, label: str, width: int = 110, **more) -> dict:
    """A column of counts."""
    return {"fieldname": fieldname, "label": label, "fieldtype": "Int", "width": width, **more}


def money(fieldname: str, label: str, width: int = 150, **more) -> dict:
    """A column of đồng, whole."""
    kind = {"fieldtype": "Currency", "options": "VND", "precision": 0}
    return {"fieldname": fieldname, "label": label, "width": width, **kind, **more}


def rate(fieldname: str, label: str, width: int = 110, precision: int = 2, **more) -> dict:
    """A column of percents, `precision` digits; Float, as the digits of a Percent are the reader's."""
    kind = {"fieldtype": "Float", "precision": precision}
    return {"fieldname": fieldname, "label": label, "width": width, **kind, **more}


def day(fieldname: str, label: str, width: int = 110, **more) -> dict:
    """A column of days."""
    return {"fieldname": fieldname, "label": label, "fieldtype": "Date", "width": width, **more}


def percent(part: int, whole_number: int) -> float:
    """Percent with two digits, 0.0 of nothing."""
    return float(share_of(part, whole_number))


def figure(label: str, value, color: str = "Blue", kind: str = "Int") -> dict:
    """One number of the summary, đồng too: a bench prints a Currency there with decimals đồng do not have.

    It parts the thousands of a Float only, and shows no decimals where there are none.
    """
    if kind == "Int" and abs(value) >= 1000:
        kind = "Float"
    return {"label": label, "value": value, "datatype": kind, "indicator": color}


def tied(label: str, difference: int) -> dict:
    """The figure of a tie: what is left unexplained, green when nothing is."""
    return figure(label, difference, "Red" if difference else "Green")


def total_row(rows: list[dict], head: dict, fields) -> dict:
    """The bold last row: `head` names it, the fields are summed; what no row knows stays empty."""
    total = {**head, "bold": 1}
    for field in fields:
        known = [row[field] for row in rows if isinstance(row.get(field), int | float)]
        total[field] = sum(known) if known or not rows else None
    return total


def bars(labels: list, series: dict[str, list], kind: str = "Int", stacked: bool = False, **more) -> dict | None:
    """A bar chart of {name: values}; None where there is nothing to draw. `type` may be given as "line"."""
    if not labels or not any(value for values in series.values() for value in values):
        return None
    chart = {
        "data": {
            "labels": labels,
            "datasets": [{"name": name, "values": values} for name, values in series.items()],
        },
        "type": "bar",
        "fieldtype": kind,
        "colors": ["#449CF0", "#48BB74", "#ECAD4B", "#CB2929", "#7F878A", "#8E6CEF"][: len(series)],
    }
    return chart | ({"barOptions": {"stacked": 1}} if stacked else {}) | more


def answer(
    columns: list[dict], rows: list, message: str = "", chart: dict | None = None, summary: list = (), nothing: str = ""
) -> tuple:
    """What a script report gives back. Where there is nothing, it says so and what to do, under the right heads.

    `nothing`: what to say then, where nothing is good news.
    """
    for column in columns:
        if column.get("fieldtype") == "Data":
            column.setdefault("align", "left")  # a bench aligns by the first row, which may be empty
    if rows:
        for row in rows:  # a bench shows an amount that is not there as 0, and None as nothing
            row.update({column["fieldname"]: None for column in columns if column["fieldname"] not in row})
        return columns, rows, message, chart, list(summary)
    nothing = nothing or _("Nothing of yours for these filters: choose another month, office or commune.")
    return columns, [], ". ".join(filter(None, (message, nothing))), None, []


def provider_names() -> dict[str, str]:
    """Code -> what people call the provider."""
    rows = frappe.get_all("Payment Service Provider", fields=["name", "short_name"], limit_page_length=0)
    return {row.name: row.short_name or row.name for row in rows}
