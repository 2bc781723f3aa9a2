"""Asks the advisory database about the installed libraries; says so, and fails, where it cannot be asked."""

import json
import subprocess
import sys

NOBODY_ASKED = 2


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 (our own words)
    try:
        listed = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(f"The audit could not run: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
        return NOBODY_ASKED
    audited = [one for one in listed if "vulns" in one]
    for one in audited:
        for found in one["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "nothing yet"
            print(f"{one['name']} {one['version']}: {found['id']}, mended in {fixed}")
    if not audited:
        print(f"Nothing was audited: the advisory database knows none of {len(listed)} libraries from here.")
        return NOBODY_ASKED
    print(f"{len(audited)} of {len(listed)} libraries audited.")
    return 1 if any(one["vulns"] for one in audited) else 0


if __name__ == "__main__":
    sys.exit(main())
