"""Who plans: chat models in every mode they can be asked in, and the built-in offline coordinator."""
