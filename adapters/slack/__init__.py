"""Slack as a chat platform, through slack-bolt."""
