"""Helpers for apps' tests."""
