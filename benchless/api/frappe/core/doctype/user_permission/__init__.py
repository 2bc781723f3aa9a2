"""The user permission DocType's code."""
