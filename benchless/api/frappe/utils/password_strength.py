"""How hard a password is to guess, by zxcvbn, which asks nobody."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

MOST_CHARACTERS = 72  # zxcvbn takes long for more


def test_password_strength(password: str, user_inputs=None) -> dict:
    """zxcvbn's answer: `score` 0 to 4, `guesses`, `crack_times_display`, and `feedback` in the user's language.

    user_inputs: words that an attacker would try first, such as the user's names.
    """
    from zxcvbn import zxcvbn  # its word lists take long to load

    words = [cstr(word) for word in user_inputs or () if word]
    found = zxcvbn(password[:MOST_CHARACTERS], words)
    advice = found["feedback"]
    feedback = {
        "warning": _(advice["warning"]) if advice["warning"] else "",
        "suggestions": [_(text) for text in advice["suggestions"]],
    }
    return {
        "score": found["score"],
        "guesses": float(found["guesses"]),
        "crack_times_display": found["crack_times_display"],
        "feedback": feedback,
    }


def policy_result(password: str, user_inputs=None) -> dict:
    """The same, with `feedback.password_policy_validation_passed`; {} where System Settings have no policy."""
    if not cint(frappe.get_system_settings("enable_password_policy")) or not password:
        return {}
    result = test_password_strength(password, user_inputs)
    least = cint(frappe.get_system_settings("minimum_password_score"))
    result["feedback"]["password_policy_validation_passed"] = result["score"] >= max(least, 1)
    return result


def check_policy(password: str, user_inputs=None) -> None:
    """Raise ValidationError, with advice, for a password that System Settings do not allow."""
    feedback = policy_result(password, user_inputs).get("feedback")
    if feedback and not feedback["password_policy_validation_passed"]:
        advice = [feedback["warning"], *feedback["suggestions"]]
        text = " ".join(line for line in advice if line) or _("Better add a few more letters or another word")
        frappe.throw(text, title=_("Invalid Password"))
