"""Questions that measuring answers: in which words they are asked, and what is said to them."""
