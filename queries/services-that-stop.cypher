// title: Services that could stop
// question: What stops working, and who gets hurt first?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// parameter: band band = possible | the widest band to show
// column: area | the service area; blank: not known
// column: councils | how many councils could lose it
// column: names | which
// equals: blast like outage: the services of each council; what falls only when several alternatives fail together is left to blast
// example: riskgraph query services-that-stop --param root='east kent services'
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'shared-service:east-kent-services', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})-[:FAILS_AT]->(start:Place)

MATCH (start)(()-[h:LEADS_TO WHERE h.outage <= $band]->())*(p:Place)
WITH DISTINCT p
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'service' AND body.counted
WITH p.area AS area, collect(DISTINCT body) AS reached
RETURN area, size(reached) AS councils, COLLECT { UNWIND reached AS one RETURN one.usual_name ORDER BY one.usual_name } AS names
ORDER BY councils DESC, area
