"""Actions made of key poses, for models that were never shown them, and how requests ask for them."""
