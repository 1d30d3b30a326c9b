"""Workbooks: reading Excel safely: kind, zip, sandbox, cells, formats, figures."""
