"""Motion measured: five questions, a room each, and the report that puts them together."""
