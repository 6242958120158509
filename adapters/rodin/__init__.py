"""Hyper3D Rodin: the HTTP client and the simulator that stands in for it."""
