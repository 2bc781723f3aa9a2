"""Loading the register of personal data and the retention rules of `data/`."""

from ansinh_app.setup.tables import insert_missing, read


def load_data_register() -> dict[str, int]:
    """The legal basis of every field that holds something on people."""
    rows = read("personal_data_fields")
    return insert_missing("Personal Data Field", ((f"{r['document_type']}-{r['field']}", r) for r in rows))


def load_retention_rules() -> dict[str, int]:
    """What is kept how long."""
    return insert_missing("Retention Rule", ((row["rule_code"], row) for row in read("retention_rules")))
