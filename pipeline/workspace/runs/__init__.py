"""Runs as such: what became of each, how long it took, and that none goes on for ever or unseen.

Nothing here knows what a run does, and nothing here needs the store, so it holds when the store
does not.
"""
