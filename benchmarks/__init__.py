"""Measurements: each beside a floor of the same run, so that ratios mean the same on any machine."""
