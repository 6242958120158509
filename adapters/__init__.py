"""Translators between the core and the outside: chat platforms and vendors."""
