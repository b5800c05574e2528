"""Data that ships with riskgraph: the register of authorities, the maps, an example and the tables of the model."""
