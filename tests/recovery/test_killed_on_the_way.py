"""kill -9 during an import and during a worker's run; the acts of a month are in test_killed_at_any_moment.py."""

import pytest

from tests.recovery.acts import MAY, PEOPLE


def at(place: str) -> dict:
    """Killed when the function is called for the Nth time (`module.function:N`)."""
    path, times = place.split(":")
    return {"place": path, "times": int(times)}


def imports(site) -> list[str]:
    return site.act("imports")["result"]


def untouched(before: dict, after: dict) -> None:
    assert after == before


@pytest.mark.parametrize(
    "place",
    [
        "ansinh_app.registry.imports.job._take:1",
        f"ansinh_app.registry.imports.job._take:{PEOPLE // 2}",
        "ansinh_app.registry.imports.job.return_workbook:1",
        "ansinh_app.registry.imports.job._progress:2",
    ],
)
def test_killed_import_leaves_nothing_and_runs_again(site, place):
    before = site.state()
    one = imports(site)[0]
    site.killed("import_list", one, die=at(place))
    untouched(before, site.state())
    counts = site.act("import_list", one)["result"]
    assert (counts["rows_total"], counts["rows_created"]) == (PEOPLE, PEOPLE)
    after = site.state()
    assert (after["people"], after["entitlements"]) == (
        before["people"] + PEOPLE,
        before["entitlements"] + PEOPLE,
    )
    assert site.act("import_list", one)["result"]["rows_unchanged"] == PEOPLE
    assert site.state()["people"] == after["people"]


def test_run_killed_while_it_replaces_lines_keeps_the_old_list(site):
    site.act("prepare", MAY)
    before = site.state()
    site.act("import_list", imports(site)[0])
    site.killed("prepare", MAY, die=at("ansinh_app.payouts.run.insert_lines:1"))
    assert site.state()["batches"] == before["batches"]
    made = site.act("prepare", MAY)["result"]
    assert (made["lines"], made["created"]) == (2 * PEOPLE, PEOPLE)
    assert site.state()["keys"] == 2 * PEOPLE


@pytest.mark.parametrize("place", ["ansinh_app.payouts.run.insert_lines:1", "benchless.worker.finish:1"])
def test_killed_run_of_a_worker_leaves_nothing_is_shown_as_failed_and_runs_again_when_asked(site, place):
    before = site.state()
    site.act("queue_prepare", MAY)
    site.killed("work", die=at(place))
    untouched(before, site.state())
    assert site.act("work")["result"] == ["failed"]
    untouched(before, site.state())
    site.act("retry_failed")
    assert site.act("work")["result"] == ["finished"]
    after = site.state()
    assert after["lines"] == after["keys"] == PEOPLE
    assert site.act("work")["result"] == ["finished"]
    assert site.state() == after
