"""Measurements, run by `make bench`. Ratios are taken within one run: machines are noisy."""
