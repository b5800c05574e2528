"""Questions in Cypher for Neo4j: one `.cypher` file each, with a header that says what it asks and returns."""
