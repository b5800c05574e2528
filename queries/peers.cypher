// title: Who runs the same
// question: Which other councils run the same system and could lend us a hand?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// column: id | the council
// column: council | its usual name
// column: systems | the systems and products that both use
// equals: show: the uses of each council, in force
// example: riskgraph query peers --param body=thanet
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $body})-[mine:USES]->(system:Entity)<-[theirs:USES]-(peer:Authority)
WHERE mine.in_force AND theirs.in_force AND peer.counted
WITH peer, collect(DISTINCT system.name) AS shared
RETURN peer.id AS id, peer.usual_name AS council, COLLECT { UNWIND shared AS name RETURN name ORDER BY name } AS systems
ORDER BY size(shared) DESC, id
