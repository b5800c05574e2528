"""Data sets as values: reading, checking, writing, and names."""

from riskgraph.data.dataset import Dataset, DatasetInfo, canonical
from riskgraph.data.read import locate, read
from riskgraph.data.write import write

__all__ = ["Dataset", "DatasetInfo", "canonical", "locate", "read", "write"]
