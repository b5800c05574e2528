// title: All that one council leans on
// question: Who do we depend on, and how well do we know it?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// column: row | the relation's id
// column: relation | how
// column: provider | on whom
// column: area | the service area
// column: since | first day
// column: grade | how good the evidence is
// equals: show: what a body depends on
// example: riskgraph query suppliers-of --param body=thanet
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $body})-[r]->(provider:Entity)
WHERE r.load IS NOT NULL AND NOT r:IMPLIES AND r.in_force
RETURN r.id AS row, replace(toLower(type(r)), '_', '-') AS relation, provider.name AS provider, r.area AS area, r.valid_from AS since, r.grade AS grade
ORDER BY row
