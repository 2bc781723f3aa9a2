"""Months and deductions as lines and cases keep them, and back."""

import json
from collections import defaultdict

from ansinh_app.core.months import Month


def months_from_json(text: str | None) -> dict[Month, int]:
    """A line's or a case's months as the core takes them, đồng by month."""
    return {Month.parse(month): int(amount) for month, amount in json.loads(text or "{}").items()}


def months_to_json(months: dict[Month, int]) -> str:
    """Months and đồng as they are stored: compact, in order of the months."""
    return json.dumps({str(month): months[month] for month in sorted(months)}, separators=(",", ":"))


def recoveries_of(explanation: str | None) -> dict[str, int]:
    """What a line deducts for each recovery case, in đồng, from its stored explanation."""
    taken: dict[str, int] = defaultdict(int)
    for step in json.loads(explanation or "[]"):
        if step.get("code") == "recovery":
            taken[step["params"]["case"]] += int(step["params"]["amount"])
    return dict(taken)
