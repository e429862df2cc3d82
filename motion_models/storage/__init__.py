"""Where weights lie and how they are read: checkpoint files, a model hub, the names inside a folder."""
