"""What people reach with a browser: the page where a model turns, files under links that last, health, metrics."""
