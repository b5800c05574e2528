// title: Who leans on one provider
// question: Who buys from them directly, and for what?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// column: row | the relation's id
// column: dependent | who depends
// column: relation | how
// column: area | the service area
// column: grade | how good the evidence is
// equals: show: what depends on a body, stated rows
// example: riskgraph query customers-of --param root=civica
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:civica'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})<-[r]-(dependent:Entity)
WHERE r.load IS NOT NULL AND NOT r:IMPLIES AND r.in_force
RETURN r.id AS row, dependent.name AS dependent, replace(toLower(type(r)), '_', '-') AS relation, r.area AS area, r.grade AS grade
ORDER BY row
