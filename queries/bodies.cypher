// title: Bodies by how much leans on them
// question: Who is in the map, and what leans on them?
// parameter: map text = uk | the name of the map on the server
// parameter: body_kind text = supplier | authority, supplier, shared-service, environment, system, product or store
// parameter: limit integer = 20 | the most rows
// column: id | the body or place
// column: name | its name
// column: dependents | bodies and places that depend on it directly
// column: authorities | of these, public bodies
// equals: list
// example: riskgraph query bodies --param body_kind=environment
// In Neo4j Browser, first:
// :param {map: 'uk', body_kind: 'supplier', limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (body:Entity)
WHERE body.generation = m.generation AND body.id STARTS WITH $body_kind + ':'
OPTIONAL MATCH (body)<-[r]-(dependent:Entity)
WHERE r.load IS NOT NULL AND r.in_force AND NOT r:MEMBER_OF
RETURN body.id AS id, body.name AS name, count(DISTINCT dependent) AS dependents,
  count(DISTINCT CASE WHEN dependent:Authority THEN dependent END) AS authorities
ORDER BY dependents DESC, name
LIMIT $limit
