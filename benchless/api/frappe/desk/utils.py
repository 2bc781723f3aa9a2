"""Answering a request with a file."""

import frappe


def provide_binary_file(filename: str, extension: str, content: bytes) -> None:
    """Answer the request with a download."""
    frappe.response["type"] = "binary"
    frappe.response["filecontent"] = content
    frappe.response["filename"] = f"{filename}.{extension}"


def get_csv_bytes(data, csv_params=None) -> bytes:
    """Rows as UTF-8 CSV with a byte order mark, so that a spreadsheet opens Vietnamese rightly."""
    from frappe.utils.csvutils import to_csv

    params = csv_params or {}
    return to_csv(data, **params).encode("utf-8-sig")


def pop_csv_params(form_dict) -> dict:
    """Take csv_delimiter and csv_quoting out of a request's arguments."""
    params = {}
    if form_dict.get("csv_delimiter"):
        params["delimiter"] = form_dict.pop("csv_delimiter")[:1]
    if form_dict.get("csv_quoting"):
        params["quoting"] = int(form_dict.pop("csv_quoting"))
    return params
