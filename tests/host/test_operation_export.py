"""What export-to-bench writes: rows as MariaDB reads them, files, and secrets that Frappe can open and check."""

import base64
import gzip
import hashlib
import stat
import tarfile
from datetime import date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from operation_site import Site

from benchless import export

SITE = "moving.local"
PASSWORD = "lantern-orchid-74"
WORLD = """
from frappe.utils.password import set_encrypted_password, update_password
for title in ("It's a \\\\ back\\nslash", "Kiện hàng thứ hai"):
    frappe.get_doc({"doctype": "Parcel", "title": title}).insert()
frappe.get_doc({"doctype": "File", "file_name": "mở.txt", "content": "công khai"}).insert()
frappe.get_doc({"doctype": "File", "file_name": "kín.txt", "content": "riêng", "is_private": 1}).insert()
frappe.get_doc({"doctype": "User", "email": "clerk@example.com", "first_name": "Clerk", "send_welcome_email": 0,
                "roles": [{"role": "System Manager"}]}).insert()
update_password("clerk@example.com", "lantern-orchid-74")
set_encrypted_password("User", "clerk@example.com", "the key", "api_secret")
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The folder that the command wrote."""
    world = Site(tmp_path_factory.mktemp("export"))
    world.write_app()
    world.ok("new-site", "--admin-password", "a-long-password", "--install-app", "shop", site=SITE)
    script = world.folder / "world.py"
    script.write_text(WORLD)
    world.ok("run-script", str(script), site=SITE)
    folder = world.folder / "for bench"
    world.ok("export-to-bench", str(folder), site=SITE)
    return folder


@pytest.fixture(scope="module")
def sql(exported):
    return gzip.decompress((exported / "data.sql.gz").read_bytes()).decode()


def test_what_is_written_is_for_its_owners_eyes(exported):
    assert {path.name for path in exported.iterdir()} == {
        "data.sql.gz", "files.tar", "private-files.tar", "encryption_key.txt",
    }  # fmt: skip
    assert {stat.S_IMODE(path.stat().st_mode) for path in exported.iterdir()} == {0o600}


def test_files_stand_as_they_stand_in_a_sites_folders(exported):
    for archive, name, content in (("files.tar", "mở.txt", "công khai"), ("private-files.tar", "kín.txt", "riêng")):
        with tarfile.open(exported / archive) as opened:
            assert opened.extractfile(name).read().decode() == content


def test_the_apps_tables_are_replaced_and_frappes_are_added_to(sql):
    assert "DELETE FROM `tabParcel`;" in sql and "DELETE FROM `tabUser`;" not in sql
    assert "'It\\'s a \\\\ back\\nslash'" in sql and "'Kiện hàng thứ hai'" in sql
    assert sql.count("'clerk@example.com'") > 3
    for kept_on_the_bench in ("tabDocType", "tabPatch Log", "tabInstalled Application", "tabModule Def"):
        assert f"`{kept_on_the_bench}`" not in sql


def test_administrator_keeps_the_password_of_the_bench(sql):
    secrets = sql.partition("REPLACE INTO `__Auth`")[2]
    assert "'clerk@example.com'" in secrets and "'Administrator'" not in secrets


def test_a_password_stays_valid(sql):
    """Frappe's passlib: $pbkdf2-sha256$rounds$salt$checksum, base64 with `.` for `+` and without `=`."""
    text = sql.partition("$pbkdf2-sha256$")[2].partition("'")[0]
    rounds, salt, checksum = text.split("$")

    def decoded(part: str) -> bytes:
        return base64.b64decode(part.replace(".", "+") + "=" * (-len(part) % 4))

    found = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), decoded(salt), int(rounds))
    assert found == decoded(checksum)


def test_the_key_opens_what_was_encrypted(exported, sql):
    secrets = sql.partition("REPLACE INTO `__Auth`")[2]
    token = "gAAAA" + secrets.partition("'gAAAA")[2].partition("'")[0]
    key = (exported / "encryption_key.txt").read_text().strip()
    assert Fernet(key).decrypt(token.encode()) == b"the key"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"), (True, "1"), (7, "7"), (1.5, "'1.5'"), ("a'b\\c\n\0", "'a\\'b\\\\c\\n\\0'"),
        (date(2024, 2, 29), "'2024-02-29'"), (datetime(2024, 2, 29, 1, 2, 3, 4), "'2024-02-29 01:02:03.000004'"),
        (timedelta(hours=30, minutes=5), "'30:05:00'"), (timedelta(hours=-1, microseconds=-5), "'-01:00:00.000005'"),
    ],
)  # fmt: skip
def test_values_are_written_as_mariadb_reads_them(value, written):
    assert export.literal(value) == written


def test_many_rows_go_in_several_statements():
    rows = [{"name": "x" * 1000} for _n in range(600)]
    written = list(export.inserts("tabX", ["name"], rows))
    assert len(written) == 3 and sum(one.count("xxx'") for one in written) == 600
