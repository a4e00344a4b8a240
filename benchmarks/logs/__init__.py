"""Logs against their peers."""
