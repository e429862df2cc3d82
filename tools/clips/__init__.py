"""What a clip in memory is made of: what is done to its frames, and how it lies in a store."""
