"""Every outside call times everything that can go wrong with it: what is said, how it ends, what is charged."""
