"""Steps as Vietnamese sentences, for the clerk who asks why this amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypedDict

from .ledger import Step
from .money import format_dong
from .months import Month

_CERTAINTY = {
    "secondary": " (theo nguồn thứ cấp, cần đối chiếu văn bản)",
    "design": " (hệ số tạm giữ theo văn bản trước, cần đối chiếu văn bản)",
    "recall": " (cần đối chiếu văn bản)",
}

_SENTENCES = {
    "entitled": "Hưởng theo quyết định {decision} (ký ngày {decided_on}), từ tháng {start}: {category} – "
    "{title} ({article}).",
    "resumed": "Được tiếp tục hưởng từ tháng {effective} theo quyết định ngày {decided_on}{reason}.",
    "age": "Tuổi tại ngày {on}: {age} (sinh {born}).",
    "birth_assumed": "Ngày sinh chỉ có {precision}; tính tuổi từ ngày {counted}.",
    "last_month_of_age": "Đã quá tuổi trong tháng này; thôi hưởng từ tháng sau ({article}).",
    "band": "Theo tuổi, mức áp dụng là {category} thay cho {decided}.",
    "coefficient": "Mức chuẩn {base} đ × hệ số {coefficient}{times} = {amount} đ ({article}; {instrument})"
    "{certainty}.",
    "fixed_amount": "Mức trợ cấp theo bảng: {unit_amount} đ{times} = {amount} đ ({source}){certainty}.",
    "one_off": "Trợ cấp một lần: {title}, phát sinh tháng {month} ({article}).",
    "allowance_months": "Trợ cấp hằng tháng đang hưởng {allowance} đ × {coefficient}{times} = {amount} đ "
    "({article}; {instrument}){certainty}.",
    "only_higher": "Không hưởng thêm {category} ({amount} đ): chỉ hưởng một mức cao nhất ({article}).",
    "one_per_couple": "Vợ chồng chỉ hưởng một suất; suất {amount} đ của vợ hoặc chồng không chi thêm ({article}).",
    "death_month": "Chết ngày {died_on}; tháng chết vẫn được hưởng, thôi hưởng từ tháng sau ({article}).",
    "settled_outside": "Đã chi trả ngoài hệ thống đến hết tháng {through}.",
    "month_owed": "Tháng {month}: được hưởng {entitled} đ, đã tính chi trả {settled} đ, "
    "còn lại {amount} đ{returned}.",
    "month_ahead": "Chi trước tháng {month} cùng kỳ này: {amount} đ; kỳ sau không chi lại.",
    "carried_over": "Chuyển từ kỳ trước do chưa nhận được: {amount} đ.",
    "arrears_wait": "Truy lĩnh {amount} đ chi một lần trong tháng sau tháng ra quyết định ({article}).",
    "recovery": "Thu hồi theo hồ sơ {case}: {amount} đ.",
}

# What leaves the office names neither category nor clause: they tell of an illness (NĐ 20/2021 Đ8.1.b).
_NEUTRAL = {
    "entitled": "Hưởng trợ cấp hằng tháng theo quyết định {decision} (ký ngày {decided_on}), "
    "từ tháng {start}.",
    "band": "Mức áp dụng theo tuổi trong tháng.",
    "coefficient": "Mức chuẩn {base} đ × hệ số {coefficient}{times} = {amount} đ ({instrument}).",
    "fixed_amount": "Mức trợ cấp theo bảng: {unit_amount} đ{times} = {amount} đ ({instrument}).",
    "one_off": "Trợ cấp một lần, phát sinh tháng {month}.",
    "allowance_months": "Trợ cấp hằng tháng đang hưởng {allowance} đ × {coefficient}{times} = {amount} đ "
    "({instrument}).",
    "only_higher": "Chỉ hưởng một mức cao nhất.",
    "one_per_couple": "Vợ chồng chỉ hưởng một suất.",
    "resumed": "Được tiếp tục hưởng từ tháng {effective} theo quyết định ngày {decided_on}.",
}

_PRECISION = {"Year": "năm", "Month": "tháng và năm"}
_MONEY = frozenset({"amount", "base", "unit_amount", "entitled", "settled", "allowance"})
_MONTHS = frozenset({"start", "effective", "month", "through"})
_DAYS = frozenset({"decided_on", "on", "born", "counted", "died_on"})


class StepData(TypedDict):
    """A step as it is stored."""

    code: str
    params: Mapping[str, str | int]


def render(step: Step | StepData, neutral: bool = False) -> str:
    """The step as one Vietnamese sentence; takes a Step or its stored form {"code": …, "params": …}.

    `neutral` leaves out category, clause and reason: the form for everything that leaves the office.

    >>> render(Step("carried_over", {"amount": 540000}))
    'Chuyển từ kỳ trước do chưa nhận được: 540.000 đ.'
    """
    params: Mapping[str, str | int]
    code, params = (step.code, step.params) if isinstance(step, Step) else (step["code"], step["params"])
    facts = {name: _say(name, value) for name, value in params.items()}
    quantity = params.get("quantity", 1)
    facts["times"] = f" × {quantity}" if quantity != 1 else ""
    facts["certainty"] = _CERTAINTY.get(str(params.get("certainty")), "")
    if "entitlement" in params:
        facts["decision"] = params.get("decision_no") or params["entitlement"]
    if "reason" in params:
        facts["reason"] = f" ({params['reason']})" if params["reason"] else ""
    if code == "age":
        facts["born"] = _born(date.fromisoformat(str(params["born"])), params.get("precision"))
    if code == "fixed_amount":
        facts["source"] = "; ".join(str(part) for part in (params["article"], params["instrument"]) if part)
    if code == "month_owed":
        back = int(params.get("returned") or 0)
        facts["returned"] = f", trong đó {format_dong(back)} đ đã chuyển nhưng bị trả lại" if back else ""
    sentence = _NEUTRAL.get(code) if neutral else None
    return (sentence or _SENTENCES[code]).format(**facts)


def render_all(steps: Iterable[Step | StepData], neutral: bool = False) -> str:
    """All steps, one sentence a line."""
    return "\n".join(render(step, neutral) for step in steps)


def as_data(steps: Iterable[Step]) -> list[StepData]:
    """The steps as plain lists and dicts, ready for json.dumps; `render` takes them back."""
    return [{"code": step.code, "params": dict(step.params)} for step in steps]


def _born(born: date, precision: object) -> str:
    """A birth as far as it is known."""
    if precision == "Year":
        return f"năm {born.year}"
    return f"tháng {born:%m/%Y}" if precision == "Month" else f"ngày {born:%d/%m/%Y}"


def _say(name: str, value: str | int) -> str | int:
    if name in _MONEY:
        return format_dong(int(value))
    if name in _MONTHS:
        return Month.parse(str(value)).label
    if name in _DAYS:
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    if name == "coefficient":
        return f"{Decimal(value).normalize():f}".replace(".", ",")
    if name == "precision":
        return _PRECISION[str(value)]
    return value
