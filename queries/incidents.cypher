// title: What has happened
// question: What has happened to those we depend on?
// parameter: map text = uk | the name of the map on the server
// column: incident | its id
// column: title | what it was
// column: started | when
// column: began_at | where it began
// column: organisations | how many bodies had a part in it
// equals: the incidents of the map
// example: riskgraph query incidents
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (i:Incident {generation: m.generation})
WHERE i.id IS NOT NULL
RETURN i.id AS incident, i.title AS title, i.date_started AS started,
  COLLECT { MATCH (i)-[:BEGAN_AT]->(o:Entity) RETURN DISTINCT o.name ORDER BY o.name } AS began_at,
  COUNT { MATCH (i)-[:AFFECTED]->(o:Entity) RETURN DISTINCT o } AS organisations
ORDER BY incident
