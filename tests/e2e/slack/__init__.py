"""The real bot process between a Slack and a Rodin that stand in for the real ones, killed and troubled."""
