"""Token ids only: the batched decoding loop, its slots and sampling. No text, no files, no motion."""
