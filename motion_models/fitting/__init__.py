"""Words held against joints: what a request demands is measured, cut to fit, and corrected by little."""
