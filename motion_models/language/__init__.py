"""MotionLLM: a causal language model that speaks motion tokens, with an adapter for each task."""
