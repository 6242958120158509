"""Discord as a chat platform, through discord.py."""
