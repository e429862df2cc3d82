"""What the tokenizer loses: reconstruction error, drift, use of the codebook."""
