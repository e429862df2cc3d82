"""Does the motion do what the prompt says? Prompts with predicates, and what those predicates are worth."""
