"""`motion-agent ui`: a chat page with the viewer beside it, over the server's app."""
