"""Stand-ins that keep a port's promises; each runs the same contract suite as the real thing."""
