"""Outputs: a report, findings or a register becomes a file."""
