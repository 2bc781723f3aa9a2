"""Registry Change Lists: many changes at once, judged row by row, proposed, approved, taken back."""
