// title: Where the map is thin
// question: What don't we know? Where is the map thin?
// parameter: map text = uk | the name of the map on the server
// parameter: limit integer = 20 | the most rows
// column: id | the body
// column: council | its usual name
// column: rows | relations in force that somebody observed, memberships apart
// column: no_area | rows without a service area
// column: no_end | rows without an end of the contract or of the relation
// column: inferred | rows that are only inferred
// equals: the observed steps in force of each public body, counted
// example: riskgraph query gaps --param limit=10
// In Neo4j Browser, first:
// :param {map: 'uk', limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[r]->(:Entity)
USING INDEX body:Authority(generation)
WHERE r.load IS NOT NULL AND NOT r:IMPLIES AND NOT r:MEMBER_OF AND r.in_force AND NOT r.by_law AND body.counted
RETURN body.id AS id, body.usual_name AS council, count(r) AS rows,
  count(CASE WHEN r.area IS NULL THEN 1 END) AS no_area,
  count(CASE WHEN coalesce(r.contract_end, r.valid_to, r.contract_end_latest) IS NULL THEN 1 END) AS no_end,
  count(CASE WHEN r.grade = 'inferred' THEN 1 END) AS inferred
ORDER BY rows DESC, id
LIMIT $limit
