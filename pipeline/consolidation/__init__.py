"""Consolidation: the observations of all areas become a rated report."""
