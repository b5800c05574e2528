// title: Reached without a relation of one's own
// question: Whose failure could reach most councils though no public body names it as its own provider?
// parameter: map text = uk | the name of the map on the server
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// parameter: limit integer = 20 | the most rows
// column: id | the provider
// column: name | its name
// column: councils | councils it could reach though no public body names it as its own provider
// equals: blast of every organisation or environment that no public body depends on directly; what falls only when several alternatives fail together is left to blast
// It counts by reach, however many steps away and in whatever service. `riskgraph concentration` counts fourth parties
// by another walk: who stands behind the suppliers of a market, within four steps. The two figures differ.
// example: riskgraph query fourth-parties --param band=likely
// In Neo4j Browser, first:
// :param {map: 'uk', kind: 'outage', band: 2, limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (root:Entity)
WHERE root.generation = m.generation AND root.id IS NOT NULL AND NOT root:Authority AND EXISTS { (root)<--(:Entity) }
  AND NOT EXISTS { (root)<-[r]-(:Authority) WHERE r.in_force AND NOT r:MEMBER_OF }
MATCH (root)-[:FAILS_AT]->(start:Place)
MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())*(p:Place)
WITH DISTINCT root, p
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
RETURN root.id AS id, root.name AS name, count(DISTINCT body) AS councils
ORDER BY councils DESC, id
LIMIT $limit
