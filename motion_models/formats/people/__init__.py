"""From any animated skeleton to a person: which joint is what, which way is up, how long a metre is."""
