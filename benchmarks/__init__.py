"""Measurements of riskgraph beside its peers: `python -m benchmarks --help`."""
