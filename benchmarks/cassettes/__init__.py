"""Cassettes against their peers."""
