"""Logs against their peers: ``python -m benchmarks.logs``."""
