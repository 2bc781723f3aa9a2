"""A disk that is really full (a small file system of its own): told in Vietnamese, nothing half done, goes on later."""

import json
import os
import subprocess

import pytest

from tests import command_mother
from tests.recovery.conftest import ROOT, SITE, differences

OFFICE = "DAY"
MAY = f"{OFFICE}-2024-05"
BANK, CASH = "Bank Transfer", "Cash"
MEGABYTES = 24
FULL = "Đĩa của máy chủ đã đầy nên chưa có gì thay đổi."
# What the host notes of the visit itself, not of what was asked for.
_VISIT = ("tabActivity Log", "tabUser ", "tabError Log", "tabSessions", "tabScheduled", "tabPersonal Data Log")


@pytest.fixture()
def small_disk(tmp_path):
    """A folder on a small disk; skipped where this account may mount none."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_full_while_a_list_is_made_a_file_is_written_and_a_result_is_applied(_built, small_disk):
    site = _built.copy(small_disk / "sites")
    site.done("month.small_office", OFFICE, 12, 1)

    def full(path: str, values: dict, left: int) -> None:
        before = site.dump()
        answer = site.done("month.on_a_full_disk", path, values, str(small_disk), left)
        assert (answer["status"], len(answer["says"])) == (507, 1), answer
        assert answer["says"][0].startswith(FULL)
        changed = [text for text in differences(before, site.dump()) if not text.startswith(_VISIT)]
        assert not changed, changed
        again = site.done("month.over_http", path, values)
        assert again["status"] == 200, again

    for left in (0, 12):
        full("/api/method/ansinh_app.api.prepare_period", {"period": MAY}, left)
        if not left:
            for name in site.done("month.names", "Payout Batch", MAY):
                site.done("month.remove", "Payout Batch", name)
    assert site.done("month.money", OFFICE)["lines"] == 12
    for act in ("ask", "approve", "send"):
        site.done(f"month.{act}", MAY, BANK)
    batch = site.done("month.batch", MAY, BANK)
    full("/api/method/ansinh_app.api.provider_file", {"batch": batch}, 4)
    result = site.done("month.bring_answer", MAY, BANK, [0])
    submit = {"doc": site.done("month.as_json", "Provider Result", result)}
    full("/api/method/frappe.client.submit", submit, 4)
    assert site.done("month.values", "Payout Batch", batch, "paid_count", "unpaid_count") == [8, 1]


def test_full_while_a_file_comes_in_or_a_backup_is_written(_built, small_disk):
    site = _built.copy(small_disk / "sites")
    store, filler = site.folder / SITE / "private" / "backups", small_disk / "filler"
    environment = {**os.environ, "BENCHLESS_SITES": str(site.folder), "PYTHONPATH": str(ROOT)}

    def backup():
        return command_mother.run(["--site", SITE, "backup"], site.folder, environment)

    paper = {"doctype": "File", "file_name": "don.txt", "content": "Đơn đề nghị. " * 20_000, "is_private": 1}
    upload = ["/api/method/frappe.client.insert", {"doc": json.dumps(paper)}]
    files = sorted((site.folder / SITE / "private" / "files").iterdir())
    answer = site.done("month.on_a_full_disk", *upload, str(small_disk), 64)
    assert (answer["status"], answer["says"][0].startswith(FULL)) == (507, True), answer
    assert sorted((site.folder / SITE / "private" / "files").iterdir()) == files

    disk = os.statvfs(small_disk)
    filler.write_bytes(bytes(disk.f_bavail * disk.f_frsize - 64 * 1024))
    done = backup()
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert "disk is full" in done.stderr
    assert list(store.iterdir()) == []
    filler.unlink()
    assert backup().returncode == 0 and len(list(store.iterdir())) == 1
