"""Loading the reference data of `data/`: law, units, providers. Existing rows are left alone."""

from ansinh_app.setup import law, outreach, oversight, providers, schedules, units


def load_reference_data() -> dict[str, int]:
    """Insert what is missing and answer how many documents of each kind were made."""
    made = {}
    for load in (
        law.load_instruments,
        law.load_programmes,
        law.load_categories,
        units.load_units,
        law.load_rate_versions,
        providers.load_file_profiles,
        providers.load_providers,
        oversight.load_data_register,
        oversight.load_retention_rules,
        outreach.load_case_kinds,
        schedules.load_schedules,
    ):
        made.update(load())
    return made
