"""discord.py imports a module that Python 3.13 drops, for voice, which we do not use."""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord  # noqa: F401 - imported here so that its warning stays here
