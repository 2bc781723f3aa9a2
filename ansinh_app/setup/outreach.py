"""Loading the kinds of support cases of `data/`: what people are stuck with, and who answers it."""

from ansinh_app.setup.tables import insert_missing, read


def load_case_kinds() -> dict[str, int]:
    """The kinds with their agency and working days; what an office has changed stays."""
    return insert_missing("Support Case Kind", ((row["kind_code"], row) for row in read("support_case_kinds")))
