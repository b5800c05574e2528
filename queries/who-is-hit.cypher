// title: Who could be reached
// question: Civica's been hit. Which of us is it?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: id | the body
// column: council | its usual name
// column: band | the surest band: 0 documented, 1 likely, 2 possible, 3 not ruled out
// equals: blast, one failure kind asked (outage, exposure or tampering); what falls only when several alternatives fail together is left to blast
// example: riskgraph query who-is-hit --param root=civica --param kind=exposure
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:civica', kind: 'exposure', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})-[:FAILS_AT]->(start:Place)

UNWIND range(0, $band) AS level
MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= level]->())*(p:Place)
WITH DISTINCT p, level
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
RETURN body.id AS id, body.usual_name AS council, min(level) AS band
ORDER BY band, council
