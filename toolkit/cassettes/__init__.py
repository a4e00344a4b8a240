"""Cassettes: recorded HTTP interactions, in vcrpy's own file format."""
