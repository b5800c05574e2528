// title: Data left behind
// question: Have we still got data with them from the old contract?
// parameter: map text = uk | the name of the map on the server
// column: dependent | whose data
// column: provider | where it may still be
// column: ended | last day
// column: data_returned | yes, no, or blank: nobody has said
// column: row | the relation's id
// equals: ended rows along which exposure still passes
// example: riskgraph query past-customers
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Entity)-[r]->(provider:Entity)
WHERE body.generation = m.generation AND body.id IS NOT NULL AND r.in_force = false AND r.exposure IS NOT NULL AND NOT r:IMPLIES
RETURN body.name AS dependent, provider.name AS provider, r.valid_to AS ended, r.data_returned AS data_returned, r.id AS row
ORDER BY ended, row
