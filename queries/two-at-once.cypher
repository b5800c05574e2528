// title: Two at once
// question: What if two go at once? Who is hit by one, who by both?
// parameter: map text = uk | the name of the map on the server
// parameter: first name | one root
// parameter: second name | the other root
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: id | the body
// column: council | its usual name
// column: by | first, second or both
// equals: blast of each root by itself; what falls only when several alternatives fail together is left to blast
// example: riskgraph query two-at-once --param first=civica --param second=capita
// In Neo4j Browser, first:
// :param {map: 'uk', first: 'supplier:civica', second: 'supplier:capita', kind: 'outage', band: 2}

MATCH (m:RiskMap {name: $map})
UNWIND [[$first, 'first'], [$second, 'second']] AS root
MATCH (:Entity {generation: m.generation, id: root[0]})-[:FAILS_AT]->(start:Place)
MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())*(p:Place)
WITH DISTINCT root[1] AS by, p
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
WITH body, collect(DISTINCT by) AS by
RETURN body.id AS id, body.usual_name AS council, CASE WHEN size(by) = 2 THEN 'both' ELSE by[0] END AS by
ORDER BY by, council
