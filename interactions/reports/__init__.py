"""Figures: rows in, dataclasses out, each with the formula it is made by standing beside it."""
