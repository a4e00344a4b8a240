"""Measurements against peers in the same run: ``make bench`` runs all of them."""
