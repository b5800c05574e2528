// title: What backs what up
// question: Where do we have a backup, and would it hold?
// parameter: map text = uk | the name of the map on the server
// column: id | the body
// column: area | the service area
// column: members | the rows that back each other up
// column: must_fail | how many must fail before the service stops, in the bands documented and likely
// equals: the groups of alternatives of the compiled map
// example: riskgraph query alternatives
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (group:Alternatives {generation: m.generation})-[:BACKS_UP]->(p:Place)-[:PART_OF]->(body:Entity)
WHERE group.id IS NOT NULL
RETURN body.id AS id, p.area AS area, COLLECT { MATCH (member:Place)-[:ONE_OF]->(group) RETURN member.area ORDER BY member.area } AS members,
  [size(group.protect_0), size(group.protect_1)] AS must_fail
ORDER BY id, area, members
