"""What tool arguments are made of: the fields they share, and the operations of edit_motion."""
