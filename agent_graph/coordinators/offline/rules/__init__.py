"""What a message says by hand-written rules: words, clauses, phrases, and the typed requests they become."""
