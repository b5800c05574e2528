// title: The worst single thing
// question: What's the worst single thing that could go wrong on our patch?
// parameter: map text = uk | the name of the map on the server
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// parameter: limit integer = 20 | the most rows
// column: id | what fails
// column: name | its name
// column: root_kind | supplier, shared service, environment ...
// column: councils | councils that could be reached
// equals: rank: blast of every root that is no council; what falls only when several alternatives fail together is left to blast
// example: riskgraph query worst --param kind=outage --param band=likely
// In Neo4j Browser, first:
// :param {map: 'uk', kind: 'outage', band: 1, limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (root:Entity)
WHERE root.generation = m.generation AND root.id IS NOT NULL AND NOT root:Authority AND EXISTS { (root)<--(:Entity) }
MATCH (root)-[:FAILS_AT]->(start:Place)
MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())*(p:Place)
WITH DISTINCT root, p
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
RETURN root.id AS id, root.name AS name, root.kind AS root_kind, count(DISTINCT body) AS councils
ORDER BY councils DESC, id
LIMIT $limit
