"""One reader a format; what they read goes through `people`."""
