"""Helpers of the model layer."""
