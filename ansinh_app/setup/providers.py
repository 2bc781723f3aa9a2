"""Loading payment service providers and the presets of their files: the layouts are data/file_profiles.json.

No bank publishes its template: all but our own are shapes remembered from practice, marked as unconfirmed.
An office adapts them with its branch; what it changed stays.
"""

import json

import frappe

from ansinh_app.setup.tables import insert_missing, read

# The layout of account requests for a provider without one of its own.
REQUESTS = "Đề nghị mở tài khoản"
_EVERY_OTHER = "*"


def load_file_profiles() -> dict[str, int]:
    """File profiles as presets."""
    return insert_missing("Provider File Profile", ((one["profile_name"], one) for one in presets()))


def presets() -> list[dict]:
    """The shipped layouts as values of a Provider File Profile."""
    data = _data()
    return [
        {
            **data["defaults"],
            **{key: value for key, value in one.items() if key not in ("columns", "used_by")},
            "columns": [_column(data["columns"], column) for column in one["columns"]],
        }
        for one in data["profiles"]
    ]


def _data() -> dict:
    with open(frappe.get_app_path("ansinh_app", "data", "file_profiles.json"), encoding="utf-8") as file:
        return json.load(file)


def _column(usual: dict, column: str | list) -> dict:
    """A column by its field alone, or with a header and kind of its own."""
    field, *own = [column] if isinstance(column, str) else column
    header, kind, width = [*own, *usual[field][len(own) :]]
    return {"source_field": field, "header": header, "kind": kind, "width": width}


def load_providers() -> dict[str, int]:
    """Banks, the Post and mobile money, from banks.csv, each with its layouts."""
    layouts = layouts_of_providers()
    return insert_missing(
        "Payment Service Provider", ((row["code"], _provider(row, layouts)) for row in read("banks"))
    )


def layouts_of_providers() -> dict[str, dict[str, str]]:
    """Provider code -> its layouts by field; "*" are those of every provider without its own."""
    found: dict[str, dict[str, str]] = {}
    for one in _data()["profiles"]:
        used = one.get("used_by") or {"providers": ()}
        for code in used["providers"]:
            found.setdefault(code, {})[used["field"]] = one["profile_name"]
    return found


def _provider(row: dict, layouts: dict) -> dict:
    return {
        "provider_code": row["code"],
        "short_name": row["short_name"],
        "provider_name": row["name_vi"],
        "kind": row["kind"],
        "napas_bin": row["napas_bin"],
        "aliases": row["aliases"],
        **layouts[_EVERY_OTHER],
        **layouts.get(row["code"], {}),
        "is_active": int(row["is_active"]),
        "certainty": row["certainty"],
    }
