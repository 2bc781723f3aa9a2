"""Pure rules of the payout: no frappe, no files, no clock; whole đồng and months in, reasons out."""
