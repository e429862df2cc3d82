"""Opening files that nobody vouches for: sizes checked before anything is allocated, text in any encoding."""
