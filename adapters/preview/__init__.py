"""Stills, turntables, facts and smaller copies of models, made in a process of their own."""
