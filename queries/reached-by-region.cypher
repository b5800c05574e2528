// title: Half the county?
// question: Is it only us, or half the county? Can I tell the other WARPs?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: region | the region
// column: class | the class of council
// column: councils | how many could be reached, without names
// equals: blast, counted by region and class; what falls only when several alternatives fail together is left to blast
// example: riskgraph query reached-by-region --param root=civica
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:civica', kind: 'outage', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})-[:FAILS_AT]->(start:Place)

MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())*(p:Place)
WITH DISTINCT p
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
RETURN body.region AS region, body.authority_type AS class, count(DISTINCT body) AS councils
ORDER BY councils DESC, region, class
