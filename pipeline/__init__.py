"""Quarterday: from a council's Excel returns to the RAG-rated appendix for committee."""

__version__ = "0.2.0"
