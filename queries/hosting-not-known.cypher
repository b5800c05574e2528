// title: Where it runs is not known
// question: Of what we use, where does nobody know where it runs?
// parameter: map text = uk | the name of the map on the server
// parameter: limit integer = 20 | the most rows
// column: id | the product or system
// column: name | its name
// column: councils | public bodies whose copy runs nobody knows where
// equals: the rows uses in force without hosting in the row or its product
// example: riskgraph query hosting-not-known --param limit=10
// In Neo4j Browser, first:
// :param {map: 'uk', limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[r:USES]->(used)
USING INDEX body:Authority(generation)
WHERE r.in_force AND r.hosting IS NULL AND used.hosting IS NULL
RETURN used.id AS id, used.name AS name, count(DISTINCT body) AS councils
ORDER BY councils DESC, id
LIMIT $limit
