"""Pages cannot rot: roles, pictures, links, names of the screen, commands and paths in them are really there."""

import csv
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ansinh_app.demo.office import logins
from ansinh_app.permissions import KIND_OF_ROLE
from benchless.cli import build_parser

ROOT = Path(__file__).parents[2]
DOCS, ROLES = ROOT / "docs", ROOT / "docs" / "roles"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / each / "README.md" for each in ("sample", "tests"))])
# Pages whose **bold** is a name of the app: in Vietnamese as the screen shows it, in English as the metadata has it.
VIETNAMESE = [*sorted(ROLES.glob("*.md")), DOCS / "post.vi.md", ROOT / "README.vi.md"]
ENGLISH = [DOCS / "month.md", DOCS / "post.md", DOCS / "development.md", ROOT / "README.md"]
CODE_BLOCK = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```", re.M | re.S)
MADE = ("sample/out/",)  # what a command makes, not what lies in the repository
TREES = ("ansinh_app", "benchless", "tests", "docs", "sample", "tools", "benchmarks")


def told(page: Path) -> str:
    """What a page says, without its blocks of commands."""
    return CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def prose(page: Path) -> str:
    """The same without code, pictures and the targets of links, on one line."""
    text = re.sub(r"`[^`]*`", "", told(page))
    return " ".join(re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text).split())


def bold(page: Path) -> set[str]:
    """What stands between two stars: a name. Between two underscores stands what is only stressed."""
    return set(re.findall(r"\*\*([^*]+)\*\*", prose(page)))


def slanted(page: Path) -> set[str]:
    return set(re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", prose(page).replace("**", "\0")))


@cache
def translations() -> set[tuple[str, str]]:
    """(source, Vietnamese) of the app and of the host; the same source may be said differently."""
    found = set()
    for path in (ROOT / "ansinh_app/translations/vi.csv", ROOT / "benchless/api/frappe/translations/vi.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {(row[0], row[1]) for row in csv.reader(file) if len(row) > 1}
    return found


def vietnamese() -> set[str]:
    return {text for _source, text in translations()}


@cache
def metadata_names() -> set[str]:
    """DocTypes, reports, print formats, workspaces, roles, labels of fields and actions, of the app and of the host."""
    found = {"An Sinh", "System Manager", *KIND_OF_ROLE}
    for path in [*ROOT.glob("ansinh_app/*/*/*/*.json"), *ROOT.glob("benchless/core/doctype/*/*.json")]:
        data = json.loads(path.read_text(encoding="utf-8"))
        rows = data.get("fields", []) + data.get("actions", [])
        options = "\n".join(row.get("options") or "" for row in rows if row.get("fieldtype") == "Select")
        found |= {data.get("name"), *(row.get("label") for row in rows), *options.split("\n")}
    for workflow in json.loads((ROOT / "ansinh_app/fixtures/workflow.json").read_text(encoding="utf-8")):
        found |= {row["action"] for row in workflow["transitions"]}
    return found - {None, ""}


def test_every_role_has_a_page_and_the_index_names_it():
    index = (ROLES / "README.md").read_text(encoding="utf-8")
    for role in [*KIND_OF_ROLE, "System Manager"]:
        page = role.lower().replace(" ", "-") + ".md"
        assert (ROLES / page).exists(), role
        assert index.count(f"({page})") == 2, f"{page}: in Vietnamese and in English"
        text = (ROLES / page).read_text(encoding="utf-8")
        for heading in ("Bạn làm gì ở đây", "## Bạn thấy gì, không thấy gì", "## Khi bị từ chối", "(glossary.md)"):
            assert heading in text, f"{page}: {heading}"
        assert "![" in text, f"{page}: no picture"


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", told(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", told(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_every_picture_is_used_and_made_by_the_script():
    script = (ROOT / "sample/guides.py").read_text(encoding="utf-8")
    said = "".join(page.read_text(encoding="utf-8") for page in ROLES.glob("*.md"))
    pictures = list((ROLES / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert f"pictures/{picture.name}" in said, picture.name
        assert f'"{picture.stem}"' in script, picture.name
    assert sum(picture.stat().st_size for picture in pictures) < 1_000_000


@pytest.mark.parametrize("page", VIETNAMESE, ids=lambda page: page.name)
def test_names_on_a_vietnamese_page_are_those_of_the_screen(page):
    known = vietnamese() | {"An Sinh"}
    assert not {name for name in bold(page) if name not in known}


@pytest.mark.parametrize("page", sorted(ROLES.glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_quotes_the_app_says(page):
    said = "\n".join([*vietnamese(), *metadata_names()])
    assert not {quote for quote in slanted(page) if quote.strip(" …") not in said}


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.name)
def test_names_on_an_english_page_are_in_the_app(page):
    known = metadata_names() | {source for source, _text in translations()}
    assert not {name for name in bold(page) if name not in known}


def commands() -> list[tuple[str, str]]:
    """(page, command) of every line of a block of commands, and of code in a sentence that is a command."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [line for kind, block in CODE_BLOCK.findall(text) if kind == "sh" for line in block.splitlines()]
        lines += re.findall(r"`((?:make|benchless|bench) [^`]+)`", told(page))
        for line in lines:
            line = re.split(r"\s#", line.strip())[0].removeprefix(".venv/bin/").removeprefix("sudo ").strip()
            found += [(page.name, part.strip()) for part in re.split(r"&&|\|", line) if part.strip()]
    return found


def test_every_make_target_and_every_verb_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.M))
    verbs = build_parser()
    tried = 0
    for page, line in commands():
        line = line.replace("…", " ").strip()
        if line.startswith("make "):
            words = [word for word in line.split()[1:] if "=" not in word and not word.startswith("-")]
            assert set(words) <= targets, (page, line)
        elif line.startswith("benchless --site"):
            line = re.sub(r"\[[^\]]*\]", "", line)
            if len(line.split()) < 4:
                continue
            try:
                asked = verbs.parse_args(shlex.split(line)[1:])
            except SystemExit:
                pytest.fail(f"{page}: {line}")
            if asked.command == "execute":
                module, _dot, name = asked.method.rpartition(".")
                assert callable(getattr(importlib.import_module(module), name)), (page, line)
        else:
            continue
        tried += 1
    assert tried > 40


def test_the_demo_prints_its_logins_also_into_a_file():
    program = "import os; from sample import demo; os.execv = lambda *_: os._exit(0); demo.serve('demo.local', 8000)"
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, cwd=ROOT, env=usual, capture_output=True, text=True, timeout=60)
    assert {email for _role, email, _password in logins()} <= set(said.stdout.split()), said.stderr


def test_every_path_a_page_names_is_there():
    missing = []
    for page in PAGES:
        for span in re.findall(r"`([\w./-]+)`", told(page)):
            ours = span.split("/")[0] in TREES and "/" in span and not span.startswith(MADE)
            if ours and not list(ROOT.glob(span.rstrip("/"))):
                missing.append((page.name, span))
            if re.fullmatch(r"/[a-z][a-z-]+", span) and span not in ("/api", "/desk", "/app"):
                if not (ROOT / "ansinh_app/www" / f"{span[1:]}.html").exists():
                    missing.append((page.name, span))
    assert not missing
