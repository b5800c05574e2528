// title: Who runs the same
// question: Which other councils run the same and could lend us a hand?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// column: id | the council
// column: council | its usual name
// column: shared | what both run in the same service area
// equals: peers
// example: riskgraph query peers --param body=thanet
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $body})-[mine:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON]->(run:Entity)
MATCH (run)<-[theirs:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON]-(peer:Authority)
WHERE mine.in_force AND theirs.in_force AND peer.counted AND peer.id <> $body
  AND coalesce(mine.area, '') = coalesce(theirs.area, '')
WITH peer, collect(DISTINCT {name: run.name, id: run.id, area: coalesce(mine.area, '')}) AS runs
RETURN peer.id AS id, peer.usual_name AS council,
  COLLECT { UNWIND runs AS run WITH DISTINCT run.name AS name RETURN name ORDER BY name } AS shared
ORDER BY size(runs) DESC, id
