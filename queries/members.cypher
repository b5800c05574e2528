// title: Whom to warn
// question: Who belongs to the same network or club, to be warned?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a body that others are members of
// column: id | the member
// column: name | its name
// column: row | the relation's id
// equals: the rows member-of in force
// example: riskgraph query members --param body=kcwarp
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'shared-service:kcwarp'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $body})<-[r:MEMBER_OF]-(member:Entity)
WHERE r.in_force
RETURN member.id AS id, member.name AS name, r.id AS row
ORDER BY id
