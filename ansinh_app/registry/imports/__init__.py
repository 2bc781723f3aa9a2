"""A commune's workbook into the registry: words for what is wrong, look-ups, judging a row, writing it."""
