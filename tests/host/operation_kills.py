"""`python operation_kills.py SITE EVERY`: migrate copies of a site, killed (signal 9) before or after every
EVERY-th commit, and migrate each once more; prints one JSON line {"commits", "killed", "different": […]}.

The state to reach is that of a copy whose migrate nobody cut off.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import benchless

benchless.activate()
import frappe  # noqa: E402

from benchless import installer, settings  # noqa: E402

# What differs between two runs that did the same: moments, and the random names of rows.
VOLATILE = {"name", "creation", "modified", "last_execution"}
OWN = "tabParcel"


def migrate(site: str, die_at: int | None = None, before: bool = False, count_to: Path | None = None) -> int:
    """Migrate in a process of its own; returns how it ended (negative: the signal)."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        sys.stdout = open(os.devnull, "w")
        frappe.init(site)
        frappe.connect()
        connection, commits = frappe.db.connection, 0
        commit = connection.commit

        def counted():
            nonlocal commits
            if not connection.connection.in_transaction:
                return commit()
            commits += 1
            if commits == die_at and before:
                os.kill(os.getpid(), signal.SIGKILL)
            commit()
            if commits == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

        connection.commit = counted
        installer.migrate()
        if count_to:
            count_to.write_text(str(commits))
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def state(site: str) -> dict:
    """Columns, indexes and rows of every table, without what is volatile."""
    found = {"closed": settings.is_half_migrated(settings.sites_folder() / site)}
    with closing(sqlite3.connect(settings.sites_folder() / site / "site.db")) as database:
        verdict = database.execute("pragma integrity_check").fetchone()[0]
        found["integrity"] = verdict
        for (table,) in database.execute("select name from sqlite_master where type='table'").fetchall():
            columns = [row[1] for row in database.execute(f"pragma table_info(`{table}`)")]
            found[f"{table} columns"] = sorted(columns)
            kept = [c for c in columns if c not in VOLATILE or (c == "name" and table == OWN)]
            rows = database.execute(f"select {', '.join(f'`{c}`' for c in kept)} from `{table}`").fetchall()
            if table == "tabSingles":
                rows = [row for row in rows if row[kept.index("field")] not in VOLATILE]
            found[table] = sorted(json.dumps(dict(zip(kept, row, strict=True)), sort_keys=True) for row in rows)
        found["indexes"] = sorted(database.execute("select tbl_name, name, sql from sqlite_master where type='index'"))
    return found


def main(site: str, every: int) -> None:
    sites = settings.sites_folder()

    def copy(name: str) -> str:
        shutil.rmtree(sites / name, ignore_errors=True)
        shutil.copytree(sites / site, sites / name)
        return name

    counted = sites / "commits"
    whole = copy("whole.local")
    ended = migrate(whole, count_to=counted)
    wanted, commits = state(whole), int(counted.read_text())
    different, killed = [] if ended == 0 else ["the whole migrate failed"], 0
    for number in range(1, commits + 1, every):
        for before in (True, False):
            name = copy("killed.local")
            if migrate(name, die_at=number, before=before) != -signal.SIGKILL:
                different.append(f"{number}: not killed")
                continue
            killed += 1
            closed = state(name)["closed"]
            if not closed or migrate(name) != 0:
                different.append(f"{number}, before={before}: closed {closed}, or the second migrate failed")
                continue
            reached = state(name)
            different += [
                f"{number}, before={before}: {key}: {str(reached.get(key))[:300]} != {str(wanted.get(key))[:300]}"
                for key in sorted({*wanted, *reached})
                if reached.get(key) != wanted.get(key)
            ]
    print(json.dumps({"commits": commits, "killed": killed, "different": different}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
