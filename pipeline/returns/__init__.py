"""Returns: a workbook becomes a return, its findings, a decision."""
