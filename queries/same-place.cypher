// title: The same place behind both
// question: Are our main supplier and our backup in the same place?
// parameter: map text = uk | the name of the map on the server
// parameter: first name | one provider
// parameter: second name | the other
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: id | what could take both down
// column: name | its name
// column: root_kind | what it is
// equals: blast of every root: those that reach both
// example: riskgraph query same-place --param first=civica --param second='east kent services'
// In Neo4j Browser, first:
// :param {map: 'uk', first: 'supplier:civica', second: 'shared-service:east-kent-services', kind: 'outage', band: 3}

MATCH (m:RiskMap {name: $map})
UNWIND [$first, $second] AS name
MATCH (end:Place)-[:PART_OF]->(:Entity {generation: m.generation, id: name})
WHERE end.part IN ['whole', 'line']
MATCH (end)(()<-[h:LEADS_TO WHERE h[$kind] <= $band]-())*(p:Place)
WITH DISTINCT m, name, p
MATCH (p)<-[:FAILS_AT]-(root:Entity)
WITH root, count(DISTINCT name) AS both
WHERE both = 2
RETURN root.id AS id, root.name AS name, root.kind AS root_kind
ORDER BY id
