"""Power that fails while the database is being written, a database that stays locked, and what is left of files."""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing

from benchless import settings
from tests.recovery.acts import MAY, OFFICE, PEOPLE
from tests.recovery.conftest import SITE

LOCKED = "Người khác đang sửa chính các bản ghi này nên chưa có gì thay đổi."
PAGE = 4096
FRAME = PAGE + 24  # a page in the write-ahead log with what is said of it


def test_a_log_cut_short_or_scrambled_leaves_the_month_whole(site, tmp_path):
    """What the disk had not yet taken of the write-ahead log is as if it had never been asked for."""
    site.killed("prepare", MAY, die={"place": "frappe.destroy", "times": 1})
    database, log = (site.folder / SITE / name for name in ("site.db", "site.db-wal"))
    written = log.read_bytes()
    frames = (len(written) - 32) // FRAME
    assert frames > 20
    cuts = sorted({0, 31, *range(32, len(written), len(written) // 24), len(written) - 1, len(written)})
    scrambled = [(written[: 32 + FRAME * at] + os.urandom(PAGE) + written[32 + FRAME * at + PAGE :]) for at in (1, 9)]
    seen = set()
    for number, content in enumerate([*(written[:cut] for cut in cuts), *scrambled]):
        copy = tmp_path / f"{number}.db"
        shutil.copyfile(database, copy)
        copy.with_name(f"{number}.db-wal").write_bytes(content)
        with closing(sqlite3.connect(copy)) as opened:
            assert opened.execute("pragma integrity_check").fetchone() == ("ok",), number
            lines = opened.execute("select count(*), count(distinct line_key) from `tabPayout Line`").fetchone()
            batches = opened.execute("select sum(line_count) from `tabPayout Batch`").fetchone()[0] or 0
        assert lines in ((0, 0), (PEOPLE, PEOPLE)) and batches == lines[0], (number, lines, batches)
        seen.add(lines[0])
    assert seen == {0, PEOPLE}
    log.write_bytes(written[: 32 + FRAME * (frames // 2)])
    site.done("prepare", MAY)
    assert site.state()["lines"] == PEOPLE


def test_a_database_that_stays_locked_is_said_and_nothing_is_half_done(site):
    folder = site.folder / SITE
    settings.write_config(folder, json.loads((folder / "site_config.json").read_text()) | {"busy_timeout": 0.2})
    site.done("queue_prepare", MAY)
    before = site.state()
    rename = {"doctype": "Paying Office", "name": OFFICE, "fieldname": "office_name", "value": "Phòng khác"}
    for path, values, status, text in (
        ("ansinh_app.api.prepare_period", {"period": MAY}, 417, f"Người khác đang xử lý <strong>{MAY}</strong>."),
        ("frappe.client.set_value", rename, 508, LOCKED),
    ):
        answer = site.done("month.while_locked", f"/api/method/{path}", values)
        assert answer["status"] == status and answer["says"][0].startswith(text), answer
    assert site.state() == before
    assert site.done("month.work_while_locked") == ["failed"]
    assert site.state() == before
    assert site.done("month.retry_jobs") == ["finished"]
    assert site.state()["lines"] == PEOPLE


def test_what_a_killed_writer_left_of_a_file_goes(site):
    files = site.folder / SITE / "private" / "files"
    site.killed("month.new_file", die={"place": "os.replace", "times": 1})
    left = list(files.glob("*.part"))
    assert len(left) == 1
    assert site.done("month.tidy_files") == 0  # somebody may be writing it
    other = files / "report.part"
    other.write_text("somebody's own")
    for path in (*left, other):
        os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
    assert site.done("month.tidy_files") == 1
    assert not left[0].exists() and other.exists()
