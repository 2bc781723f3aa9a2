"""benchless/README.md is the contract: what the apps use is listed, and what is listed is there."""

import ast
import importlib
import json
import re
from operator import attrgetter
from pathlib import Path

import frappe
from frappe.database.database import Database
from frappe.database.schema import TYPE_MAP
from frappe.model.document import Document
from frappe.query_builder import qb

ROOT = Path(__file__).parents[2]
README = (ROOT / "benchless" / "README.md").read_text(encoding="utf-8")
APPS = [path.parent for path in ROOT.glob("*/hooks.py")]
# What hooks.py says about the app itself, and every DocType's JSON about the file.
APP_FACTS = {"app_name", "app_publisher", "app_description", "app_email", "app_license"}
FILE_FACTS = {"creation", "modified", "modified_by", "owner", "doctype", "name", "module", "engine", "field_order", "idx",
              "docstatus"}  # fmt: skip


def section(title: str) -> str:
    """The text under a heading."""
    return re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", README, re.M | re.S).group(1)


def listed(title: str) -> set[str]:
    return set(re.findall(r"^- `([^`]+)`", section(title), re.M))


def python_names() -> set[str]:
    return set(re.findall(r"^- `(frappe\.[\w.]+)`", README, re.M))


def resolve(name: str):
    """The object of a listed name; frappe.db and frappe.qb by their classes, the rest by import."""
    for prefix, owner in (("frappe.db.", Database()), ("frappe.qb.", qb)):
        if name.startswith(prefix):
            return attrgetter(name.removeprefix(prefix))(owner)
    module, _dot, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def names_in(path: Path) -> set[str]:
    """Every `frappe.x.y` that a Python file imports or reaches through what it imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported, found = {"frappe": "frappe"}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "frappe":
            for alias in node.names:
                imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.add(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname and alias.name.split(".")[0] == "frappe":
                    imported[alias.asname] = alias.name

    def dotted(node) -> str | None:
        if isinstance(node, ast.Name):
            return imported.get(node.id)
        if isinstance(node, ast.Attribute) and (base := dotted(node.value)):
            return f"{base}.{node.attr}"
        return None

    def visit(node) -> None:
        if isinstance(node, ast.Attribute) and (name := dotted(node)):
            found.add(name)
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return {name for name in found if name != "frappe"}


def covers(name: str, contract: set[str]) -> bool:
    """A name is listed itself, or hangs on a listed value (`frappe.session.user`, `frappe.conf.update`)."""
    parts = name.split(".")
    return any(".".join(parts[:end]) in contract for end in range(2, len(parts) + 1))


def test_the_app_uses_only_what_is_listed():
    contract = python_names()
    assert APPS, "no app to look at"
    missing = {
        f"{name} ({path.relative_to(ROOT)})"
        for app in APPS
        for path in app.rglob("*.py")
        for name in names_in(path)
        if not covers(name, contract) and not is_module(name)
    }
    assert not missing, sorted(missing)


def is_module(name: str) -> bool:
    """`from frappe.utils import nestedset` names a module, not something of the contract yet."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_listed_name_is_there():
    missing = []
    for name in sorted(python_names()):
        try:
            resolve(name)
        except (ImportError, AttributeError):
            missing.append(name)
    assert not missing
    assert len(python_names()) > 150


def test_the_scan_sees_what_a_file_uses(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("import frappe\nfrom frappe import _, db as d\nfrappe.session.user\nd.magic(1)\nfrappe.no_such()\n")
    assert names_in(file) == {"frappe._", "frappe.db", "frappe.session.user", "frappe.db.magic", "frappe.no_such"}
    assert not covers("frappe.no_such", python_names()) and not covers("frappe.db.magic", python_names())


def test_every_listed_document_method_is_there():
    methods = {name.removeprefix("doc.") for name in listed("Methods of a document")}
    assert len(methods) > 20
    assert not [name for name in methods if not callable(getattr(Document, name, None))]


def test_hooks_of_the_apps_are_listed_and_listed_hooks_are_read():
    contract = listed("Hooks")
    for app in APPS:
        hooks = importlib.import_module(f"{app.name}.hooks")
        used = {name for name in vars(hooks) if re.fullmatch(r"[a-z][a-z_]*", name)}
        assert not used - contract - APP_FACTS
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "benchless").rglob("*.py"))
    assert not [name for name in contract - {"fixtures"} if f'"{name}"' not in code]


def test_properties_of_the_apps_doctypes_are_listed():
    doctype_properties, field_properties = listed("DocType properties"), listed("Field properties")
    types = section("Field properties")
    rights = section("Field properties").partition("Permissions:")[2]
    definitions = [json.loads(p.read_text(encoding="utf-8")) for app in APPS for p in app.glob("*/doctype/*/*.json")]
    assert definitions
    unlisted = set()
    for definition in definitions:
        unlisted |= {key for key, value in definition.items() if value} - doctype_properties - FILE_FACTS
        for field in definition["fields"]:
            unlisted |= {key for key, value in field.items() if value} - field_properties
            unlisted |= {field["fieldtype"]} - {t for t in types_offered() if t in types}
        for permission in definition.get("permissions", []):
            unlisted |= {key for key in permission if not re.search(rf"\b{key}\b", rights)}
    assert not unlisted


def types_offered() -> set[str]:
    from frappe.model import display_fieldtypes, table_fields

    return {*TYPE_MAP, *display_fieldtypes, *table_fields}


def test_listed_properties_are_fields_of_the_definition():
    fields = {df.fieldname for df in frappe.get_meta("DocType").fields}
    assert listed("DocType properties") <= fields
    assert listed("Field properties") <= {df.fieldname for df in frappe.get_meta("DocField").fields}


def test_listed_client_methods_are_whitelisted():
    line = re.search(r"`frappe\.client\.\*`.*?`([^`]+)`", README).group(1)
    from frappe import client

    names = line.split()
    assert len(names) > 10
    for name in names:
        frappe.is_whitelisted(getattr(client, name))


def test_the_folders_named_are_there():
    for names in re.findall(r"^\| (`.+?`) \|", section("Where things are"), re.M):
        for name in re.findall(r"`([^`]+)`", names):
            assert (ROOT / "benchless" / name).exists(), name


def test_every_item_is_tried():
    """Each listed name stands in a test; hooks of installing and of signing in can only be tried on this host."""
    contract = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "contract").glob("*.py"))
    host = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "host").glob("test_*.py"))
    here = Path(__file__).read_text(encoding="utf-8")
    host = host.replace(here, "")
    untried = []
    for title in re.findall(r"^### (.+)$", README, re.M):
        for item in sorted(listed(title)):
            name = item.rpartition(".")[2]
            if not re.fullmatch(r"\w+", name):
                continue  # an address or a command
            where = contract + host if title in ("Hooks", "Python: the host's own") else contract
            pattern = rf"\.{name}\(" if item.startswith("doc.") else rf"\b{name}\b"
            if not re.search(pattern, where):
                untried.append(f"{title}: {item}")
    assert not untried
