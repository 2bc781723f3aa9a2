"""Names shared by everything that deals with documents: field types and standard columns."""

data_fieldtypes = (
    "Currency", "Int", "Long Int", "Float", "Percent", "Check", "Small Text", "Long Text", "Code", "Text Editor",
    "Markdown Editor", "HTML Editor", "Date", "Datetime", "Time", "Text", "Data", "Link", "Dynamic Link",
    "Password", "Select", "Rating", "Read Only", "Attach", "Attach Image", "Signature", "Color", "Barcode",
    "Geolocation", "Duration", "Icon", "Phone", "Autocomplete", "JSON",
)
float_like_fields = {"Float", "Currency", "Percent"}
datetime_fields = {"Datetime", "Date", "Time"}
numeric_fieldtypes = ("Currency", "Int", "Long Int", "Float", "Percent", "Check")
table_fields = ("Table", "Table MultiSelect")
no_value_fields = (
    "Section Break", "Column Break", "Tab Break", "HTML", "Table", "Table MultiSelect", "Button", "Image", "Fold",
    "Heading",
)
display_fieldtypes = (
    "Section Break", "Column Break", "Tab Break", "HTML", "Button", "Image", "Fold", "Heading",
)
attachment_fieldtypes = {"Attach", "Attach Image"}
default_fields = ("doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx")
child_table_fields = ("parent", "parentfield", "parenttype")
optional_fields = ("_user_tags", "_comments", "_assign", "_liked_by", "_seen")
std_fields = [
    {"fieldname": "name", "fieldtype": "Link", "label": "ID"},
    {"fieldname": "owner", "fieldtype": "Link", "label": "Created By", "options": "User"},
    {"fieldname": "idx", "fieldtype": "Int", "label": "Index"},
    {"fieldname": "creation", "fieldtype": "Datetime", "label": "Created On"},
    {"fieldname": "modified", "fieldtype": "Datetime", "label": "Last Updated On"},
    {"fieldname": "modified_by", "fieldtype": "Data", "label": "Last Updated By"},
    {"fieldname": "_user_tags", "fieldtype": "Data", "label": "Tags"},
    {"fieldname": "_liked_by", "fieldtype": "Data", "label": "Liked By"},
    {"fieldname": "_comments", "fieldtype": "Text", "label": "Comments"},
    {"fieldname": "_assign", "fieldtype": "Text", "label": "Assigned To"},
    {"fieldname": "docstatus", "fieldtype": "Int", "label": "Document Status"},
]
core_doctypes_list = (
    "DocType", "DocField", "DocPerm", "DocType Action", "DocType Link", "DocType State", "User", "Role", "Has Role",
    "Module Def", "Installed Application",
)


def get_permitted_fields(
    doctype: str,
    *,
    parenttype: str | None = None,
    user: str | None = None,
    permission_type: str | None = None,
    ignore_virtual=False,
) -> list[str]:
    """Fields of a DocType the user may read (or, with permission_type, use otherwise) by permlevel.

    With ignore_virtual, only those that are columns.
    """
    import frappe

    meta = frappe.get_meta(doctype)
    valid_columns = meta.get_valid_columns()
    if doctype in core_doctypes_list:
        return list(valid_columns)
    permitted = set(
        meta.get_permitted_fieldnames(parenttype=parenttype, user=user, permission_type=permission_type)
    )
    standard = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}
    if meta.istable:
        standard |= set(child_table_fields)
    columns = [column for column in valid_columns if column in permitted or column in standard]
    if ignore_virtual:
        return columns
    return [*columns, *(df.fieldname for df in meta.fields if df.is_virtual and df.fieldname in permitted)]
