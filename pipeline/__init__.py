"""Quarterday: from a council's Excel returns to the RAG-rated appendix for committee."""

__version__ = "0.3.0.dev0"
