"""English as this project reads it: captions, word forms, actions and their families, quantities."""
