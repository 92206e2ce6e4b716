"""Findings, models and platforms as text for people and as JSON for programs."""
