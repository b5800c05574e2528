// title: Shared environments
// question: Whose networks and data centres do several of us share?
// parameter: map text = uk | the name of the map on the server
// column: id | the environment
// column: name | its name
// column: tenants | bodies and systems in it
// column: names | which
// equals: the rows hosted-on in force
// example: riskgraph query shared-environments
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (place:Environment {generation: m.generation})<-[r:HOSTED_ON]-(tenant:Entity)
USING INDEX place:Environment(generation)
WHERE r.in_force
WITH place, collect(DISTINCT tenant) AS tenants
RETURN place.id AS id, place.name AS name, size(tenants) AS tenants, COLLECT { UNWIND tenants AS t RETURN t.name ORDER BY t.name } AS names
ORDER BY tenants DESC, id
