"""How well parts are joined: seams, chains and long motion."""
