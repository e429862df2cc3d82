"""Words and sentences: clean text, word lists, verbs, clauses, phrases, and the typed requests they make."""
