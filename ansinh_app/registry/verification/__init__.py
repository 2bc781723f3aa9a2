"""Identities before the police: lists out, answers back, differences to decide, where everyone stands."""
