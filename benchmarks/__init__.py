"""Benchmarks: every figure is a ratio within one run, as machines are shared and noisy. `make bench` runs them all."""
