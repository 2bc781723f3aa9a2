"""The house rules of the design, checked by reading the files: who imports whom, what is named where."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP, HOST = ROOT / "ansinh_app", ROOT / "benchless"
CODE = ("ansinh_app", "benchless", "tests", "sample", "tools", "benchmarks")
TEXT = {".py", ".html", ".js", ".css", ".json", ".md", ".toml", ".csv", ".sh", ".txt", ".cfg", ".yml", ""}
# What the app may import besides frappe and itself: the libraries its installation declares.
LIBRARIES = {"python_calamine", "xlsxwriter", "openpyxl", "segno", "holidays", "rapidfuzz", "cryptography"}


def files(*folders: str, suffix: str | None = None) -> list[Path]:
    """Files of the project (not what it makes: sites, workbooks, caches)."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            made = {"__pycache__", "out", "vendor", "node_modules"} & set(path.parts)
            if path.is_file() and not made and (path.suffix == suffix if suffix else path.suffix in TEXT):
                found.append(path)
    return found


def project_texts() -> list[Path]:
    at_root = [p for p in ROOT.iterdir() if p.is_file() and p.suffix in TEXT and not p.name.startswith(".")]
    return [*at_root, *files(*CODE), *[p for p in (ROOT / ".ci").iterdir() if p.is_file()]]


def tell(path: Path, line: int | str = "") -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def imports(path: Path) -> list[tuple[int, str]]:
    """(line, dotted module) of every import, the relative ones spelled out."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.relative_to(ROOT).parts[: -node.level]
                base = ".".join([*package, *base.split(".")] if base else package)
            found += [(node.lineno, base)]
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def matches(paths, pattern: str, flags=0) -> list[str]:
    """Where a pattern stands, as git grep would tell it."""
    wanted, found = re.compile(pattern, flags), []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
            if wanted.search(line):
                found.append(f"{tell(path, number)} {line.strip()[:120]}")
    return found


def test_the_scan_finds_files_and_imports(tmp_path, monkeypatch):
    assert len(files(*CODE, suffix=".py")) > 200
    (tmp_path / "pack" / "inner").mkdir(parents=True)
    file = tmp_path / "pack" / "inner" / "x.py"
    file.write_text("import a.b\nfrom ..c import d\nfrom . import e\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert [name for _line, name in imports(file)] == [
        "a.b", "pack.c", "pack.c.d", "pack.inner", "pack.inner.e",
    ]  # fmt: skip
    assert matches([file], r"import a") == ["pack/inner/x.py:1 import a.b"]


# who imports whom


def test_the_app_imports_frappe_itself_and_what_it_declares():
    allowed = {"frappe", "ansinh_app", *LIBRARIES, *sys.stdlib_module_names}
    test_only = {"pytest", "hypothesis", "xlwt", "pypdf"}
    wrong = []
    for path in files("ansinh_app", suffix=".py"):
        in_tests = "tests" in path.parts or path.name.startswith("test_")
        for line, name in imports(path):
            if name.split(".")[0] not in (allowed | test_only if in_tests else allowed):
                wrong.append(f"{tell(path, line)} {name}")
    assert not wrong


def test_declared_libraries_are_those_used():
    declared = re.search(r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S).group(1)
    names = {re.split(r"[~=<>]", name)[0].lower().replace("-", "_") for name in re.findall(r'"([^"]+)"', declared)}
    used = {name.split(".")[0] for path in files("ansinh_app", suffix=".py") for _line, name in imports(path)}
    assert {name.lower() for name in LIBRARIES} == names
    assert {name for name in LIBRARIES if name not in used} == set()


def test_the_rules_know_no_framework():
    allowed = set(sys.stdlib_module_names) | LIBRARIES - {"segno", "holidays"}
    wrong = [
        f"{tell(path, line)} {name}"
        for path in files("ansinh_app/core", suffix=".py")
        for line, name in imports(path)
        if name.split(".")[0] not in allowed and not name.startswith("ansinh_app.core")
    ]
    assert not wrong


def test_the_host_imports_no_app():
    wrong = [
        f"{tell(path, line)} {name}"
        for path in files("benchless", suffix=".py")
        for line, name in imports(path)
        if name.split(".")[0] in ("ansinh_app", "sample", "tests")
    ]
    assert not wrong


def test_the_frappe_module_imports_no_screens():
    """Apps see `frappe`; the desk and the web interface stand on it, not the other way round."""
    wrong = [
        f"{tell(path, line)} {name}"
        for path in files("benchless/api", suffix=".py")
        for line, name in imports(path)
        if name.startswith(("benchless.desk", "benchless.rest"))
    ]
    assert not wrong


# what is named where


def app_words() -> list[str]:
    """What only the app may name: itself, its DocTypes, reports and roles, as far as they are not Frappe's words."""
    words = {"ansinh", "an sinh", "beneficiar", "entitlement", "social assistance", "trợ cấp", "chi trả"}
    for path in APP.glob("*/doctype/*/*.json"):
        words.add(json.loads(path.read_text(encoding="utf-8"))["name"].lower())
    for path in (APP / "fixtures").glob("role.json"):
        words |= {doc["name"].lower() for doc in json.loads(path.read_text(encoding="utf-8"))}
    return sorted(words - {"representative", "inspection", "settlement"})


def test_the_host_does_not_know_what_it_hosts():
    words = app_words()
    assert len(words) > 40
    pattern = r"(?<![\w])(" + "|".join(re.escape(word) for word in words) + ")"
    assert not matches(files("benchless"), pattern, re.IGNORECASE)


def test_the_app_does_not_ask_where_it_runs():
    code = [p for p in files("ansinh_app", suffix=".py") if "tests" not in p.parts]
    assert not matches(code, r"\b(benchless|sqlite|db_type|django)\b", re.IGNORECASE)


def test_sql_goes_through_the_query_builder():
    code = [p for p in files("ansinh_app", suffix=".py") if "tests" not in p.parts]
    # Measured: with thousands of values a statement the builder takes half a run's time. One place writes those.
    builders = [p for p in code if p != APP / "utils" / "many.py"]
    assert not matches(builders, r"frappe\.db\.(sql|multisql|sql_list|sql_ddl)\(")
    unportable = r"\b(GROUP_CONCAT|DATE_SUB|DATE_ADD|TIMESTAMPDIFF|INTERVAL \d|ON DUPLICATE KEY|INSERT IGNORE|GREATEST)\b"
    assert not matches(code, unportable)


def test_no_path_of_somebodys_machine():
    pattern = r"(?<![\w.:/-])/(work|opt|farm|root|home|Users)/\w"
    assert not [m for m in matches(project_texts(), pattern) if "tests/host/test_house.py" not in m]


def test_nothing_is_left_for_later():
    pattern = r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|pragma: no cover"
    found = matches(files(*CODE, suffix=".py") + files("benchless", suffix=".js"), pattern)
    assert not [m for m in found if "tests/host/test_house.py" not in m]


@pytest.mark.parametrize("folder", [f for f in CODE if (ROOT / f).is_dir()])
def test_every_module_says_its_job(folder):
    silent = []
    for path in files(folder, suffix=".py"):
        text = path.read_text(encoding="utf-8")
        if text.strip() and not (ast.get_docstring(ast.parse(text)) or "").splitlines()[:1]:
            silent.append(tell(path))
    assert not silent


def test_public_functions_of_the_rules_are_typed_and_explained():
    wrong = []
    for path in files("ansinh_app/core", suffix=".py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                if not ast.get_docstring(node) or not node.returns or any(not a.annotation for a in arguments):
                    wrong.append(f"{tell(path, node.lineno)} {node.name}")
    assert not wrong


def test_methods_open_to_http_are_typed():
    wrong = []
    for path in files("ansinh_app", suffix=".py"):
        text = path.read_text(encoding="utf-8")
        if "frappe.whitelist" not in text or "dashboard_chart_source" in path.parts:  # Frappe fixes their arguments
            continue
        if "from __future__ import annotations" in text:  # it would switch Frappe's check of the types off
            wrong.append(tell(path, "annotations"))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and any("whitelist" in ast.dump(d) for d in node.decorator_list):
                wrong += [f"{tell(path, a.lineno)} {node.name}({a.arg})"
                          for a in node.args.args if a.arg != "self" and not a.annotation]  # fmt: skip
    assert not wrong


# files of strangers


def test_strangers_files_are_opened_in_one_place():
    """Bombs, false sizes and outside entities are kept off there (tests/core/test_bombs.py)."""
    readers = ("annotated", "packed_sheets", "tame_packages", "text_tables", "web_tables", "workbooks")
    openers = {APP / "gate" / "exports.py", *(APP / "utils" / f"{name}.py" for name in readers)}
    code = [p for p in files("ansinh_app", suffix=".py") if not {"tests", "demo"} & set(p.parts)]
    opening = r"python_calamine|zipfile|tarfile|expat|ElementTree|minidom|lxml|load_workbook|csv\.(reader|DictReader)|pickle"
    found = matches([p for p in code if p not in openers], opening)
    # The law's own tables come with the app.
    assert {line.split(":")[0] for line in found} == {"ansinh_app/setup/tables.py"}
    assert len(matches(openers, opening)) > 10


def test_files_that_leave_are_written_where_no_cell_becomes_a_formula():
    """`write` of a sheet guesses what a text is; what these few modules write is in test_formula_cells.py."""
    writers = {
        "ansinh_app/payouts/files.py", "ansinh_app/registry/verification/protected.py", "ansinh_app/gate/exports.py",
        "ansinh_app/utils/report_files.py", "ansinh_app/utils/workbooks.py", "benchless/api/frappe/utils/csvutils.py",
        "benchless/api/frappe/utils/xlsxutils.py", "benchless/desk/sheets.py",
    }  # fmt: skip
    code = [p for p in files("ansinh_app", "benchless", suffix=".py") if not {"tests", "demo"} & set(p.parts)]
    found = matches(code, r"xlsxwriter\.Workbook|openpyxl\.Workbook|csv\.writer|DictWriter|to_excel")
    assert {line.split(":")[0] for line in found} == writers
    guessing = r"(sheet|page|target|worksheet)\.write(_row|_column|_formula|_url|_rich_string)?\("
    assert not matches([ROOT / name for name in writers], guessing)


def test_no_money_is_a_float():
    """The rules count in whole đồng: no float literal, no float(), no true division in their money files."""
    wrong = []
    for name in ("money", "ledger", "payout", "law", "reconcile"):
        path = APP / "core" / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if literal or called or divided:
                wrong.append(tell(path, node.lineno))
    assert not wrong


def test_what_the_project_makes_is_not_kept_in_it():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout")
    made = r"(^sites/|\.pyc$|\.db$|\.egg-info|__pycache__|site_config\.json$|\.orig$)"
    assert not [name for name in listed.stdout.splitlines() if re.search(made, name)]
