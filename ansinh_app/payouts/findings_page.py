"""What the check before paying found, as a clerk reads it: how many, whose task, where to mend it."""

import json
from urllib.parse import quote, urlencode

import frappe
from frappe import _
from frappe.utils import escape_html, get_url

from ansinh_app.core.money import format_dong
from ansinh_app.payouts.overrides import BLOCKS_LET_PASS


def as_html(found: dict) -> str:
    """The answer of `preflight` as a small page: blocks, warnings, what was let pass; links, no script."""
    heading = _("{0} lines, {1} đồng. {2} blocks, {3} warnings.").format(
        format_dong(found["lines"]), format_dong(found["total"]), len(found["blocks"]), len(found["warnings"])
    )
    parts = [f"<p>{heading}</p>"]
    for title, rows in ((_("Blocks"), found["blocks"]), (_("Warnings"), found["warnings"])):
        if rows:
            body = "".join(_finding(found["period"], row) for row in rows)
            parts.append(f"<h5>{title}</h5><table class='table table-sm'>{body}</table>")
    if not found["blocks"] and not found["warnings"]:
        parts.append(f"<p>{_('Nothing stands in the way.')}</p>")
    if found["let_pass"]:
        body = "".join(_passed(row) for row in found["let_pass"])
        parts.append(f"<h5>{_('Let pass')}</h5><table class='table table-sm'>{body}</table>")
    report = get_url(
        f"/app/query-report/{quote('Payout Preflight')}?{urlencode({'period': found['period']})}"
    )
    parts.append(f'<p><a href="{escape_html(report)}">{_("Everybody it concerns, as a list")}</a></p>')
    return "".join(parts)


def place_url(place: dict) -> str:
    """The list where a finding is mended, showing what it is about."""
    slug = frappe.scrub(place["doctype"]).replace("_", "-")
    filters = {name: json.dumps(value, ensure_ascii=False) for name, value in place["filters"].items()}
    return get_url(f"/app/{slug}" + (f"?{urlencode(filters)}" if filters else ""))


def _finding(period: str, row: dict) -> str:
    links = f'<a href="{escape_html(place_url(row["place"]))}">{_("Mend")}</a>'
    if row["can_be_let_pass"]:
        links += f' · <a href="{escape_html(_override_url(period, row))}">{_("Let Pass")}</a>'
    return (
        f"<tr><td class='text-right'><b>{format_dong(row['count'])}</b></td><td>{escape_html(row['title'])}</td>"
        f"<td>{_(row['owner'])}</td><td style='white-space: nowrap'>{links}</td></tr>"
    )


def _override_url(period: str, row: dict) -> str:
    values = {"period": period, "code": row["code"]}
    people = [item["beneficiary"] for item in row["items"] if item.get("beneficiary")]
    if row["code"] in BLOCKS_LET_PASS and people:
        values["beneficiary"] = people[0]
    return get_url(f"/app/preflight-override/new?{urlencode(values)}")


def _passed(row: dict) -> str:
    who = row["full_name"] or _("everybody")
    return (
        f"<tr><td>{escape_html(row['title'])}</td><td>{escape_html(who)}</td>"
        f"<td>{escape_html(row['reason'])}</td><td>{escape_html(row['overridden_by'])}</td></tr>"
    )
