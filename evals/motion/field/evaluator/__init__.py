"""The evaluator of text-to-motion (Guo et al., CVPR 2022): texts and motions in one space."""

from .evaluator import MotionEvaluator, shipped_evaluator

__all__ = ["MotionEvaluator", "shipped_evaluator"]
