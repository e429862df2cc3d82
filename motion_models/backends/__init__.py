"""What generates, captions, encodes and decodes for the tools: the protocol, and the ways to get one."""
