// title: Who runs the same
// question: Which other councils run the same and could lend us a hand?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// column: id | the council
// column: council | its usual name
// column: in_common | pairs of a provider and a service area that both have
// column: systems | the names of these systems, products and providers
// equals: peers: what a council uses, or is served, hosted or supplied by, in force
// example: riskgraph query peers --param body=thanet
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Entity {generation: m.generation, id: $body})-[mine:USES|SERVED_BY|HOSTED_ON|SUPPLIED_BY]->(system:Entity)
WHERE mine.in_force AND NOT mine.by_law
MATCH (system)<-[theirs:USES|SERVED_BY|HOSTED_ON|SUPPLIED_BY]-(peer:Authority)
WHERE peer <> body AND theirs.in_force AND NOT theirs.by_law AND peer.counted AND coalesce(theirs.area, '') = coalesce(mine.area, '')
WITH peer, count(DISTINCT [system.id, coalesce(mine.area, '')]) AS in_common, collect(DISTINCT system) AS shared
RETURN peer.id AS id, peer.usual_name AS council, in_common, COLLECT { UNWIND shared AS one RETURN one.name ORDER BY one.name } AS systems
ORDER BY in_common DESC, id
