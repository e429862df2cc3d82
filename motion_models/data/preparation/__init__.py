"""From files of motion and captions to a folder that trains: find, check, write."""
