"""Metrics of the field, one a file: of evaluator embeddings (HumanML3D, Guo et al., 2022) and of joints."""

from .diversity import PAIRS, diversity, multimodality
from .fid import frechet_distance
from .ground import floating, penetration
from .jerk import TransitionJerk, mean_jerk, transition_jerk
from .matching import BATCH, matching_distances, r_precision
from .skating import skating

__all__ = [
    "BATCH",
    "PAIRS",
    "TransitionJerk",
    "diversity",
    "floating",
    "frechet_distance",
    "matching_distances",
    "mean_jerk",
    "multimodality",
    "penetration",
    "r_precision",
    "skating",
    "transition_jerk",
]
