"""The learned reader: a small language model that says what kind of request a message is, and where its
parts stand.

It is used beside the rules of the offline coordinator, not instead of them (`offline/joining.py`).
"""
