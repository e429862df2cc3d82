"""Metrics of captions, one a file. Texts are sequences of words, which `normalise` makes by a named protocol.

Values are shares as their definitions give them (BLEU 0 to 1, CIDEr 0 to 10); published tables hold 100 times
that. BLEU is a metric of the corpus, CIDEr weighs words by how rare they are in it; ROUGE-L and BERTScore are
means over samples.
"""

from .bertscore import Baseline, BertScorer, BertScores
from .bleu import bleu, bleu_counts, bleu_of_counts
from .cider import cider
from .normalise import PROTOCOLS, normalise
from .rouge import rouge_l

__all__ = [
    "PROTOCOLS",
    "Baseline",
    "BertScorer",
    "BertScores",
    "bleu",
    "bleu_counts",
    "bleu_of_counts",
    "cider",
    "normalise",
    "rouge_l",
]
