"""Rodin Bot: the part that decides."""
