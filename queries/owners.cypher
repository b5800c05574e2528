// title: One owner behind several
// question: Which of our suppliers belong to the same owner?
// parameter: map text = uk | the name of the map on the server
// column: id | the owner
// column: owner | its name
// column: owns | what it owns, directly or through others
// equals: the rows owned-by in force, followed up
// example: riskgraph query owners
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (owner:Entity)
WHERE owner.generation = m.generation AND owner.id IS NOT NULL AND EXISTS { (owner)<-[r:OWNED_BY]-() WHERE r.in_force }
MATCH (owner)(()<-[r:OWNED_BY WHERE r.in_force]-())+(owned:Entity)
WITH owner, collect(DISTINCT owned) AS owned
RETURN owner.id AS id, owner.name AS owner, COLLECT { UNWIND owned AS one RETURN one.name ORDER BY one.name } AS owns
ORDER BY size(owned) DESC, id
