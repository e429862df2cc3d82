"""Metrics of the field over evaluator embeddings, one a file; see HumanML3D (Guo et al., CVPR 2022)."""

from .diversity import diversity, multimodality
from .fid import frechet_distance
from .matching import matching_distances, r_precision
from .repetitions import over_repetitions

__all__ = [
    "diversity",
    "frechet_distance",
    "matching_distances",
    "multimodality",
    "over_repetitions",
    "r_precision",
]
