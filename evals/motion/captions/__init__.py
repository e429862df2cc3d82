"""Captions of held-out clips against what people wrote, with the text metrics that compare them."""
