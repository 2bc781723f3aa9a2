"""kill -9 while numbers are encrypted or opened again: readers cope with the mixed table, and the next run ends it."""


def test_killed_switch_is_taken_up_again(site):
    before = site.done("numbers.stand")
    people = len(before["read"])
    assert before["sealed"] == 0 and before["state"] is None
    at = {"place": "ansinh_app.oversight.number_keys._write", "times": 4}
    site.killed("numbers.switch_on", 5, die=at)
    half = site.done("numbers.stand")
    assert 0 < half["sealed"] < people and half["state"] == "sealing"
    assert half["read"] == before["read"]
    site.done("numbers.switch_on", 5)
    sealed = site.done("numbers.stand")
    assert (sealed["sealed"], sealed["state"], sealed["read"]) == (people, "sealed", before["read"])

    site.killed("numbers.switch_off", 5, die=at)
    half = site.done("numbers.stand")
    assert 0 < half["sealed"] < people and half["state"] == "opening"
    assert half["read"] == before["read"]
    site.done("numbers.switch_off", 5)
    assert site.done("numbers.stand") == before
