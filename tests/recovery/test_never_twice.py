"""What must not pay twice: the same key, an amended decision, and results that belong to something else."""

OFFICE = "HAILAN"
MAY, JUNE = f"{OFFICE}-2024-05", f"{OFFICE}-2024-06"
BANK, CASH = "Bank Transfer", "Cash"


def test_old_and_foreign_results_pay_nobody(site):
    site.done("month.small_office", OFFICE, 4)
    site.done("month.prepare", MAY)
    for act in ("ask", "approve", "ask_to_cancel"):
        site.done(f"month.{act}", MAY, BANK)
    cancelled = site.done("month.batch", MAY, BANK)
    of_cancelled = site.done("month.bring_answer", MAY, BANK)
    site.done("month.cancel", cancelled)
    refused = site.act("month.apply_answer", of_cancelled, lang="vi")
    assert refused["error"] == "CancelledLinkError" and cancelled in refused["message"], refused

    site.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        for act in ("ask", "approve", "send"):
            site.done(f"month.{act}", MAY, channel)
    again = site.done("month.batch", MAY, BANK)
    cash = site.done("month.bring_answer", MAY, CASH)
    nobody = {"paid": 0, "failed": 0, "matched": 0, "already_applied": 0}
    for foreign in (cash, of_cancelled):
        copied = site.done("month.copy_answer", foreign, again)
        found = site.done("month.apply_answer", copied)
        assert found | nobody == found, found
    assert site.done("month.apply_answer", site.done("month.bring_answer", MAY, BANK))["paid"] == 3
    site.done("month.apply_answer", cash)

    site.done("month.prepare", JUNE)
    for act in ("ask", "approve", "send"):
        site.done(f"month.{act}", JUNE, BANK)
    last_month = site.done("month.copy_answer", of_cancelled, site.done("month.batch", JUNE, BANK))
    found = site.done("month.apply_answer", last_month)
    assert found | nobody == found, found
    assert set(site.done("month.money", OFFICE)["sums"]) == {540_000}


def test_a_decision_amended_after_the_seal_is_not_paid_again(site):
    site.done("month.small_office", OFFICE, 4)
    site.done("month.prepare", MAY)
    for channel in (BANK, CASH):
        site.done("month.ask", MAY, channel)
        site.done("month.approve", MAY, channel)
    site.done("month.amend_decision", MAY, 0)
    before = site.done("month.money", OFFICE)
    assert site.done("month.prepare", MAY)["lines"] == 4
    assert site.done("month.money", OFFICE) == before
    site.done("month.prepare", JUNE)
    assert set(site.done("month.money", OFFICE)["sums"]) == {540_000}


def test_the_database_itself_takes_no_second_line(site):
    site.done("month.small_office", OFFICE, 4)
    site.done("month.prepare", MAY)
    code, _answer, said = site.start("month.write_line_again", MAY).end()
    assert code == 1 and "UNIQUE constraint failed: tabPayout Line.line_key" in said, said
    assert site.done("month.money", OFFICE)["lines"] == 4
