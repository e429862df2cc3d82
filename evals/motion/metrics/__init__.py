"""Metrics of the field, one a file: of evaluator embeddings (HumanML3D, Guo et al., 2022) and of joints."""

from .diversity import diversity, multimodality
from .fid import frechet_distance
from .ground import floating, penetration
from .jerk import TransitionJerk, mean_jerk, transition_jerk
from .matching import matching_distances, r_precision
from .repetitions import over_repetitions
from .skating import skating

__all__ = [
    "TransitionJerk",
    "diversity",
    "floating",
    "frechet_distance",
    "matching_distances",
    "mean_jerk",
    "multimodality",
    "over_repetitions",
    "penetration",
    "r_precision",
    "skating",
    "transition_jerk",
]
