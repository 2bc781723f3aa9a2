"""Outreach: does everyone know, and is anyone stuck."""
