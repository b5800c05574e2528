// title: Shared services
// question: Which services serve several councils at once?
// parameter: map text = uk | the name of the map on the server
// column: id | the shared service
// column: name | its name
// column: councils | how many it serves
// column: names | which
// equals: the rows served-by in force
// example: riskgraph query shared-services
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (service:SharedService {generation: m.generation})<-[r:SERVED_BY]-(body:Authority)
USING INDEX service:SharedService(generation)
WHERE r.in_force
WITH service, collect(DISTINCT body) AS served
RETURN service.id AS id, service.name AS name, size(served) AS councils, COLLECT { UNWIND served AS s RETURN s.usual_name ORDER BY s.usual_name } AS names
ORDER BY councils DESC, id
