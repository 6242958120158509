"""A local stand-in that speaks Rodin's HTTP and makes real models."""
