"""Checkpoints in and out: official files, plain transformers folders, model hubs."""
