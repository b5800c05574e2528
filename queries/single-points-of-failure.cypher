// title: Single points of failure
// question: Which one thing, if it stopped, would stop something of ours?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// parameter: band band = possible | the widest band to show
// column: id | what fails
// column: name | its name
// column: services | the services that would stop; ? where the area is not known
// equals: blast like outage of every root; what falls only when several alternatives fail together is left to blast
// example: riskgraph query single-points-of-failure --param body=thanet
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (end:Place {part: 'service'})-[:PART_OF]->(body:Entity {generation: m.generation, id: $body})
USING INDEX body:Entity(generation, id)
MATCH (end)(()<-[h:LEADS_TO WHERE h.outage <= $band]-())*(p:Place)
WITH DISTINCT end, body, p
MATCH (p)<-[:FAILS_AT]-(root:Entity)
WHERE root <> body
WITH root, collect(DISTINCT coalesce(end.area, '?')) AS areas
RETURN root.id AS id, root.name AS name, COLLECT { UNWIND areas AS area RETURN area ORDER BY area } AS services
ORDER BY size(areas) DESC, id
