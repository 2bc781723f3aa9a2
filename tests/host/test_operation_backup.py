"""Backup and restore: a destroyed site comes back whole, a bad archive touches nothing."""

import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from operation_site import Site

from benchless import archive, backup, locks, sealed

SITE = "kept.local"
FILES = """
for number, private in ((1, 0), (2, 1), (3, 1)):
    frappe.get_doc({"doctype": "File", "file_name": f"Giấy tờ {number}.txt", "is_private": private,
                    "content": f"nội dung {number}"}).insert()
    frappe.get_doc({"doctype": "Parcel", "title": f"Kiện hàng {number}"}).insert()
__import__("frappe.utils.password")
frappe.utils.password.set_encrypted_password("User", "Administrator", "bí mật", "api_secret")
"""
# What a clerk does: a row and its file, in one transaction, again and again.
WRITER = """
import itertools
for number in itertools.count():
    frappe.get_doc({"doctype": "Parcel", "title": f"w{number}"}).insert()
    frappe.get_doc({"doctype": "File", "file_name": f"w{number}.txt", "is_private": 1,
                    "content": f"written {number}", "attached_to_doctype": "Parcel",
                    "attached_to_name": f"w{number}"}).insert()
    frappe.db.commit()
    if number == 5:
        print("writing", flush=True)
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A site with rows, files and a secret, and its backup outside of it."""
    world = Site(tmp_path_factory.mktemp("backup"))
    world.write_app()
    world.ok("new-site", "--admin-password", "a-long-password", "--install-app", "shop", site=SITE)
    script = world.folder / "files.py"
    script.write_text(FILES)
    world.ok("run-script", str(script), site=SITE)
    world.archive = world.folder / "kept.tar.gz"
    world.ok("backup", "--to", str(world.archive), site=SITE)
    return world


@pytest.fixture()
def here(world, monkeypatch):
    """The site's folder, for restores in this process."""
    monkeypatch.setenv("BENCHLESS_SITES", str(world.sites))
    monkeypatch.syspath_prepend(str(world.folder))
    return world.sites / SITE


def rows_of(database: Path) -> dict:
    """Every row of every table."""
    with closing(sqlite3.connect(database)) as opened:
        names = [name for (name,) in opened.execute("select name from sqlite_master where type='table' order by 1")]
        rows = {name: sorted(map(repr, opened.execute(f"select * from `{name}`"))) for name in names}
        rows["schema"] = sorted(map(repr, opened.execute("select name, tbl_name, sql from sqlite_master")))
        return rows


def files_of(site: Path) -> dict:
    """SHA-256 of every file that a visitor can have put there, and of the configuration."""
    paths = [site / "site_config.json", *(site / "public/files").rglob("*"), *(site / "private/files").rglob("*")]
    return {str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def tree(folder: Path) -> dict:
    """Every file with its content, to see that nothing was touched (not what SQLite keeps beside a database)."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal")) and path.parent.name != "locks"
    }


def test_a_destroyed_site_comes_back_whole(world):
    site = world.sites / SITE
    rows, files = rows_of(site / "site.db"), files_of(site)
    assert len(rows["tabFile"]) == 5 and len(rows["tabParcel"]) == 3 and len(files) == 4
    shutil.rmtree(site)
    world.ok("restore", str(world.archive), site=SITE)
    restored = rows_of(site / "site.db")
    assert {name: restored.get(name) for name in rows} == rows
    assert files_of(site) == files
    for path in [site, *site.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert not mode & 0o077, f"{path} is open to others: {oct(mode)}"
    assert world.call("frappe.client.get_count", doctype="Parcel", _site=SITE) == 3
    secret = world.call("frappe.utils.password.get_decrypted_password", doctype="User", name="Administrator",
                        fieldname="api_secret", _site=SITE)  # fmt: skip
    assert secret == "bí mật"
    assert not [path for path in world.sites.iterdir() if path.name.startswith(".")]


def test_what_is_committed_outlives_a_power_cut_and_writers_wait(world):
    environment = {key: value for key, value in world.environment().items() if key != "BENCHLESS_FAST_COMMIT"}
    script = world.folder / "pragmas.py"
    names = ("journal_mode", "synchronous", "busy_timeout")
    script.write_text(f"print([frappe.db.sql('pragma ' + name)[0][0] for name in {names!r}])")
    done = subprocess.run(
        [sys.executable, "-m", "benchless", "--site", SITE, "run-script", str(script)],
        cwd=world.folder, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "['wal', 2, 30000]", done.stderr


def test_a_backup_taken_while_others_write_is_of_one_moment(world):
    writers, folder = [], world.folder
    world.ok("restore", str(world.archive), site="busy.local")
    script = folder / "writer.py"
    script.write_text(WRITER)
    try:
        writers.append(
            subprocess.Popen(
                [sys.executable, "-m", "benchless", "--site", "busy.local", "run-script", str(script)],
                cwd=folder, env=world.environment(), stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        )
        assert writers[0].stdout.readline().strip() == "writing"
        file = folder / "busy.tar.gz"
        world.ok("backup", "--to", str(file), site="busy.local")
        assert writers[0].poll() is None
    finally:
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.communicate(timeout=30)
    world.ok("restore", str(file), site="still.local")
    still = world.sites / "still.local"
    with closing(sqlite3.connect(still / "site.db")) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        parcels = {name for (name,) in database.execute("select name from tabParcel where name like 'w%'")}
        attached = dict(database.execute("select attached_to_name, file_url from tabFile where attached_to_name>''"))
    assert len(parcels) > 5 and parcels == set(attached)
    for name, url in attached.items():
        assert (still / url.lstrip("/")).read_text() == f"written {name[1:]}"


def test_only_so_many_backups_are_kept(world):
    store = world.sites / SITE / "private" / "backups"
    other = store / "from-elsewhere.tar.gz"
    other.write_bytes(b"somebody's own")
    old = [store / f"2024010{day}_000000-{SITE}.tar.gz" for day in (1, 2, 3)]
    for path in old:
        path.write_bytes(b"old")
    new = Path(world.ok("backup", "--keep", "2", site=SITE).strip())
    assert [path.exists() for path in old] == [False, False, True]
    assert new.exists() and other.exists()


def test_the_scheduler_makes_a_backup_a_day_and_keeps_a_few(world):
    store = world.sites / SITE / "private" / "backups"
    events = world.call("frappe.get_hooks", hook="scheduler_events", _site=SITE)
    assert "frappe.utils.backups.scheduled_backup" in str(events)
    old = store / f"20240104_000000-{SITE}.tar.gz"
    old.write_bytes(b"old")
    world.ok("set-config", "backup_limit", "1", site=SITE)
    made = Path(world.call("frappe.utils.backups.scheduled_backup", _site=SITE))
    assert [path for path in store.glob(f"*-{SITE}.tar.gz")] == [made]
    busy = locks.take(world.sites / SITE, "backup", shared=False)
    try:
        done = world.run("execute", "frappe.utils.backups.scheduled_backup", site=SITE)
        assert "ValidationError: Another backup" in done.stderr, "a worker must outlive it"
    finally:
        busy.close()
    world.ok("set-config", "backup_limit", "0", site=SITE)
    assert world.call("frappe.utils.backups.scheduled_backup", _site=SITE) is None
    world.ok("set-config", "backup_limit", "3", site=SITE)


def test_what_a_killed_backup_left_goes_with_the_next(world):
    store = world.sites / SITE / "private" / "backups"
    (store / "cut-off.part").mkdir()
    (store / "cut-off.part" / "site.db").write_bytes(b"half")
    (store / "cut-off.tar.gz.part").write_bytes(b"half")
    world.ok("backup", site=SITE)
    assert not list(store.glob("*.part"))


SENTENCE = "một câu dài chỉ người giữ biết"


def test_a_sealed_backup_opens_with_its_key_only(world, here, tmp_path):
    world.ok("set-config", "backup_encryption_key", SENTENCE, site=SITE)
    file = Path(world.ok("backup", site=SITE).strip())
    assert file.name.endswith(".tar.gz.enc") and stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert not any(word in content for word in (b"site_config", b"secret_key", b"SQLite format"))
    for key, changed in (("wrong", content), (None, content), (SENTENCE, content[:-1]),
                         (SENTENCE, content[:200] + bytes([content[200] ^ 1]) + content[201:])):  # fmt: skip
        bad = tmp_path / "bad.tar.gz.enc"
        bad.write_bytes(changed)
        with pytest.raises(SystemExit):
            backup.restore("fresh.local", str(bad), key=key)
        assert not (world.sites / "fresh.local").exists()
    backup.restore("fresh.local", str(file), key=SENTENCE)
    assert rows_of(world.sites / "fresh.local" / "site.db")["tabParcel"] == rows_of(here / "site.db")["tabParcel"]
    shutil.rmtree(world.sites / "fresh.local")
    world.ok("restore", str(file), site=SITE)  # the key stands in the site's own configuration
    world.ok("set-config", "backup_encryption_key", "", site=SITE)


def test_a_seal_is_bound_to_the_order_and_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sealed, "PIECE", 1000)
    plain, file, out = (tmp_path / name for name in ("plain", "sealed", "out"))
    for size in (0, 1, 999, 1000, 1001, 3000):
        plain.write_bytes(os.urandom(size))
        sealed.seal(plain, file, "key")
        sealed.unseal(file, out, "key")
        assert out.read_bytes() == plain.read_bytes() and sealed.is_sealed(file) and not sealed.is_sealed(plain)
        content = file.read_bytes()
        for path in (file, out):
            path.unlink()
    head, piece = len(sealed.MAGIC) + sealed.SALT, 1000 + sealed.TAG
    pieces = [content[head + n * piece : head + (n + 1) * piece] for n in range(3)]
    for order in ([0, 1], [1, 0, 2], [0, 0, 1, 2], []):
        file.write_bytes(content[:head] + b"".join(pieces[n] for n in order))
        with pytest.raises(sealed.WrongKey):
            sealed.unseal(file, out, "key")
        out.unlink()


def test_the_doctor_finds_what_is_wrong(world):
    """On a copy: files gone, rows lost, folders opened, a column dropped; each is said, and nothing of a sound site."""
    world.ok("restore", str(world.archive), site="sick.local")
    site = world.sites / "sick.local"
    world.ok("backup", site="sick.local")
    assert world.ok("doctor", site="sick.local").strip() == "Nothing is wrong."
    site.chmod(0o755)
    next((site / "private" / "files").iterdir()).unlink()
    (site / "public" / "files" / "door").symlink_to("/etc/passwd")
    with closing(sqlite3.connect(site / "site.db")) as database:
        columns = "(name, parent, parenttype, parentfield)"
        database.execute(f"insert into `tabHas Role` {columns} values ('x', 'gone', 'User', 'roles')")
        database.execute("drop index `tabParcel.title`")
        database.execute("alter table `tabParcel` drop column `title`")
        database.commit()
    for path in (site / "private" / "backups").iterdir():
        path.unlink()
    done = world.run("doctor", site="sick.local")
    assert done.returncode == 1
    for words in ("chmod 700", "is not on the disk", "a symbolic link", "belong to no User", "lacks the columns title",
                  "there is none in private/backups"):  # fmt: skip
        assert words in done.stdout, words
    shutil.rmtree(site)


# what is refused


def pack(path: Path, members: list, listing: dict | None = None) -> Path:
    """An archive of (name or TarInfo, content); the listing, where one is given, comes first."""
    with tarfile.open(path, "w:gz") as packed:
        if listing is not None:
            content = json.dumps(listing).encode()
            head = tarfile.TarInfo(archive.LISTING)
            head.size = len(content)
            packed.addfile(head, io.BytesIO(content))
        for member, content in members:
            member = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return path


def listing_of(members: dict, **more) -> dict:
    listed = {name: {"size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for name, c in members.items()}
    return {"format": archive.FORMAT, "site": SITE, "apps": {}, "members": listed, **more}


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def unpacked(world) -> dict:
    with tarfile.open(world.archive) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed}


def changed(world, path: Path, change) -> Path:
    """The good backup with something changed in it, its list made to fit."""
    members = unpacked(world)
    listing = json.loads(members.pop(archive.LISTING))
    more = change(members) or {}
    fitting = listing_of(members, apps=listing["apps"])
    return pack(path, list(members.items()), {**fitting, **more})


def truncated(world, path):
    content = world.archive.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def one_bit_wrong(world, path):
    content = bytearray(world.archive.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def not_an_archive(world, path):
    path.write_bytes(gzip.compress(b"something else"))


def of_another_program(world, path):
    pack(path, [("database.sql", b"select 1"), ("site_config.json", b"{}")])


def of_another_format(world, path):
    pack(path, [], {"format": "benchless-backup-999", "members": {}})


def climbing_out(world, path):
    members = {"private/files/../../../../escaped.txt": b"out"}
    pack(path, list(members.items()), listing_of(members))


def at_an_absolute_path(world, path):
    members = {"/tmp/escaped.txt": b"out"}  # noqa: S108
    pack(path, list(members.items()), listing_of(members))


def through_a_symbolic_link(world, path):
    members = {"private/files/door/escaped.txt": b"out"}
    door = link("private/files/door", tarfile.SYMTYPE, str(world.folder))
    pack(path, [(door, b""), *members.items()], listing_of(members))


def with_a_hard_link(world, path):
    pack(path, [(link("private/files/x", tarfile.LNKTYPE, "/etc/passwd"), b"")], listing_of({"private/files/x": b""}))


def with_a_device(world, path):
    pack(path, [(link("private/files/x", tarfile.CHRTYPE, ""), b"")], listing_of({"private/files/x": b""}))


def with_a_program(world, path):
    pack(path, [("hooks.py", b"import os")], listing_of({"hooks.py": b"import os"}))


def with_more_than_it_lists(world, path):
    pack(path, [("private/files/x", b"x")], listing_of({}))


def twice_the_same(world, path):
    pack(path, [("private/files/x", b"x"), ("private/files/x", b"x")], listing_of({"private/files/x": b"x"}))


def with_less_than_it_lists(world, path):
    changed(world, path, lambda members: {"members": listing_of({**members, "private/files/gone": b"x"})["members"]})


def larger_than_the_disk(world, path):
    def change(members):
        listed = listing_of(members)["members"]
        return {"members": {**listed, "private/files/bomb": {"size": 10**15, "sha256": ""}}}

    changed(world, path, change)


def larger_than_it_says(world, path):
    listing = listing_of({"private/files/bomb": b"0"})
    pack(path, [("private/files/bomb", b"0" * 1_000_000)], listing)


def with_a_torn_database(world, path):
    def tear(members):
        content = bytearray(members["site.db"])
        content[4096 : len(content) // 2] = os.urandom(len(content) // 2 - 4096)
        members["site.db"] = bytes(content)

    changed(world, path, tear)


def without_a_database(world, path):
    changed(world, path, lambda members: members.pop("site.db") and None)


def without_secrets(world, path):
    changed(world, path, lambda members: members.update({"site_config.json": b"{}"}))


def with_its_database_elsewhere(world, path):
    def change(members):
        config = {**json.loads(members["site_config.json"]), "db_name": "../other.local/site.db"}
        members["site_config.json"] = json.dumps(config).encode()

    changed(world, path, change)


def of_an_unknown_app(world, path):
    changed(world, path, lambda members: {"apps": {"no_such_app_anywhere": "1.0"}})


def of_newer_code(world, path):
    changed(world, path, lambda members: {"apps": {"shop": "1.10.0"}})


BAD = [
    truncated, one_bit_wrong, not_an_archive, of_another_program, of_another_format, climbing_out,
    at_an_absolute_path, through_a_symbolic_link, with_a_hard_link, with_a_device, with_a_program,
    with_more_than_it_lists, twice_the_same, with_less_than_it_lists, larger_than_the_disk, larger_than_it_says,
    with_a_torn_database, without_a_database, without_secrets, with_its_database_elsewhere, of_an_unknown_app,
    of_newer_code,
]  # fmt: skip


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_a_bad_backup_touches_nothing(world, here, tmp_path, make):
    file = tmp_path / "bad.tar.gz"
    make(world, file)
    before = tree(world.sites)
    with pytest.raises(SystemExit) as refused:
        backup.restore(SITE, str(file))
    assert str(refused.value) and refused.value.code != 0
    assert tree(world.sites) == before
    assert not [path for path in world.sites.iterdir() if path.name.startswith(".")]
    assert not list(world.folder.rglob("escaped.txt"))


def test_the_changed_archives_are_refused_for_what_was_changed(world, here, tmp_path):
    """The same archive, packed anew with nothing changed, is taken."""
    whole = changed(world, tmp_path / "whole.tar.gz", lambda members: None)
    rows = rows_of(here / "site.db")
    backup.restore(SITE, str(whole))
    assert set(rows_of(here / "site.db")) == set(rows)


def test_newer_code_can_be_insisted_on(world, here, tmp_path):
    file = tmp_path / "newer.tar.gz"
    of_newer_code(world, file)
    backup.restore(SITE, str(file), force=True)
    assert len(rows_of(here / "site.db")["tabParcel"]) == 3


def test_a_site_in_use_is_not_replaced(world, here):
    used = locks.take(here, locks.IN_USE, shared=True)
    before = tree(here)
    try:
        with pytest.raises(SystemExit, match="serve"):
            backup.restore(SITE, str(world.archive))
    finally:
        used.close()
    assert tree(here) == before
    replacing = locks.take(here, locks.IN_USE, shared=False)
    try:
        done = world.run("list-apps", site=SITE)
        assert done.returncode != 0 and "replaced" in done.stderr
    finally:
        replacing.close()


def test_a_restore_killed_between_its_steps_loses_nothing(world, here, tmp_path):
    """First the old site stands aside and no new one is there; then both are there and the old one's backups."""
    aside = here.with_name(f".{SITE}.before-restore")
    before = tree(here)
    here.rename(aside)
    broken = tmp_path / "broken.tar.gz"
    truncated(world, broken)
    with pytest.raises(SystemExit):
        backup.restore(SITE, str(broken))
    assert tree(here) == before and not aside.exists()

    shutil.copytree(here, aside)
    (aside / "private" / "backups" / "precious.tar.gz").write_bytes(b"kept")
    backup.restore(SITE, str(world.archive))
    assert (here / "private" / "backups" / "precious.tar.gz").read_bytes() == b"kept"
    assert not aside.exists()
