// title: What is disputed
// question: Which of this do others deny?
// parameter: map text = uk | the name of the map on the server
// column: row | the relation's id
// column: dependent | who depends
// column: provider | on whom
// column: grade | how good the relation is after the dispute
// column: claim | what the disputing source says
// equals: the relations with disputing evidence that count at the date
// example: riskgraph query disputed
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Entity)-[r]->(provider:Entity)
WHERE body.generation = m.generation AND body.id IS NOT NULL AND r.evidence IS NOT NULL AND NOT r:IMPLIES
UNWIND r.evidence AS item
MATCH (e:Evidence {generation: m.generation, id: item})
WHERE e.stance = 'disputes'
RETURN r.id AS row, body.name AS dependent, provider.name AS provider, r.grade AS grade, e.claim AS claim
ORDER BY row, claim
