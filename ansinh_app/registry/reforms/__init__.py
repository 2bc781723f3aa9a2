"""Communes that merge or split: the plan, which nothing is written before, carrying it out, taking it back."""
