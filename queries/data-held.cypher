// title: What they hold of ours
// question: What have they got of ours, and is any of it sensitive?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// column: dependent | whose data
// column: area | the service area
// column: data | none, personal or special, as the row says; blank: the row does not say
// column: in_force | whether the relation still runs
// column: row | the relation's id
// equals: the rows, in force or ended, along which data lies with the provider
// example: riskgraph query data-held --param root=capita
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:capita'}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})<-[r:USES|SERVED_BY|HOSTED_ON|SUBCONTRACTS_TO|DATA_HELD_BY]-(body:Entity)
WHERE r.load IS NOT NULL AND r.in_force IS NOT NULL
RETURN body.name AS dependent, r.area AS area, r.data AS data, r.in_force AS in_force, r.id AS row
ORDER BY CASE WHEN r.data IS NULL THEN 0 WHEN r.data = 'special' THEN 1 WHEN r.data = 'personal' THEN 2 ELSE 3 END, row
