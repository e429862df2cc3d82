"""Motion to tokens and back: the VQ-VAE and the statistics that belong to it."""
