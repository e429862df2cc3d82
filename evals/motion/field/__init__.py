"""The measures of the field: R-precision, FID, MM-Dist, diversity, multimodality, physics."""
