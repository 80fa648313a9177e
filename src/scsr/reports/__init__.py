"""Notebooks in, HTML out."""
