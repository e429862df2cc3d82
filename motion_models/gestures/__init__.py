"""Actions made of key poses, which a model was never shown or does not show, and how they are asked for."""
