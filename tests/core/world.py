"""The world of the core tests: the law as shipped, keyword factories, the golden files."""

import csv
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from ansinh_app.core.law import Category, Law, RateLine, RateVersion
from ansinh_app.core.ledger import Change, Entitlement, Person
from ansinh_app.core.months import Month

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "ansinh_app" / "data"
GOLDEN = ROOT / "tests" / "golden"


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    return date.fromisoformat(text) if text else None


def _number(text):
    return int(text) if text else None


def shipped_categories():
    return [
        Category(
            code=row["code"],
            programme=row["programme"],
            band_group=row["band_group"] or None,
            title=row["title_vi"],
            neutral_title=row["neutral_title_vi"],
            sensitive=bool(row["neutral_title_vi"]),
            age_from=_number(row["age_from"]),
            age_to=_number(row["age_to_exclusive"]),
            per_child=row["per_child"] == "1",
            payee=row["payee"],
            stack_rule=row["stack_rule"],
            article=row["law_article"],
        )
        for row in rows(DATA / "benefit_categories.csv")
    ] + _one_off_grants()


def _one_off_grants():
    return [
        Category(
            code=row["code"],
            programme=row["programme"],
            band_group=row["once_group"] or None,
            title=row["title_vi"],
            neutral_title=row["title_vi"],
            sensitive=False,
            age_from=None,
            age_to=None,
            per_child=row["per_count"] == "1",
            payee="beneficiary",
            stack_rule="separate",
            article=row["law_article"],
            kind="One-off",
            basis=row["basis"],
            rate_programme=row["rate_programme"] or None,
        )
        for row in rows(DATA / "one_off_grants.csv")
    ]


def _article(line, version, categories):
    """As the app loads it: an amount from a table stands in the annex of the version's own decree."""
    if line.get("law_article"):
        return line["law_article"]
    annex = re.search(r"PL\s+\S+", categories[line["category_code"]])
    return " ".join(["NĐ " + version["legal_instrument"].rpartition("/")[0], *([annex[0]] if annex else [])])


def shipped_versions():
    """The versions, each with the lines whose own dates cover its first day."""
    money_rows = rows(DATA / "coefficients.csv") + rows(DATA / "fixed_amounts.csv")
    money_rows += rows(DATA / "one_off_rates.csv")
    articles = {row["code"]: row["law_article"] for row in rows(DATA / "benefit_categories.csv")}
    versions = []
    for row in rows(DATA / "rate_versions.csv"):
        lines = {}
        for line in money_rows:
            ends_before = line["effective_to"] and line["effective_to"] < row["effective_from"]
            if line["programme"] != row["programme"] or ends_before:
                continue
            if line["effective_from"] > row["effective_from"]:
                continue
            own_end = line["effective_to"] and line["effective_to"] < (row["effective_to"] or "9999")
            lines[line["category_code"]] = RateLine(
                category=line["category_code"],
                coefficient=Decimal(line["coefficient"]) if line.get("coefficient") else None,
                amount=_number(line.get("amount")),
                article=_article(line, row, articles),
                certainty=line["certainty"],
                ends_on=day(line["effective_to"]) if own_end else None,
            )
        versions.append(
            RateVersion(
                name=f"{row['programme']}-{row['effective_from']}",
                programme=row["programme"],
                effective_from=day(row["effective_from"]),
                in_force_on=day(row["in_force_on"]),
                base_amount=int(row["base_amount"]),
                instrument=row["legal_instrument"],
                unit=None,
                certainty=row["certainty"],
                lines=lines,
            )
        )
    return versions


@lru_cache(maxsize=1)
def law():
    return Law(shipped_categories(), shipped_versions())


def person(**facts):
    values = {"name": "BEN-1", "born": date(1980, 3, 10), "dob_precision": "Day"} | facts
    return Person(**values)


def entitlement(category="BTXH-06B1", start="2024-05", **facts):
    values = {"name": "ENT-1", "category": category, "quantity": 1, "start": Month.parse(start)}
    values |= {"decided_on": Month.parse(start).first_day} | facts
    return Entitlement(**values)


def change(effective, active, decided_on=None, reason=""):
    month = Month.parse(effective)
    return Change(month, decided_on or month.first_day, active, reason)
