"""The real bot process between a Discord and a Rodin that stand in for the real ones, killed and troubled."""
