// title: The same place behind both
// question: Are our main supplier and our backup in the same place?
// parameter: map text = uk | the name of the map on the server
// parameter: first name | one provider
// parameter: second name | the other
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: id | what could reach both
// column: name | its name
// column: root_kind | what it is
// equals: common of one kind: what is shared within the band, and what is set aside
// example: riskgraph query same-place --param first='pathfinder north' --param second='pathfinder south'
// In Neo4j Browser, first:
// :param {map: 'uk', first: 'shared-service:pathfinder-north', second: 'shared-service:pathfinder-south', kind: 'outage', band: 3}

MATCH (m:RiskMap {name: $map})
UNWIND [$first, $second] AS name
// each with all that it operates or makes, and copies of that
MATCH (:Entity {generation: m.generation, id: name})
  (()<-[r:OPERATED_BY|MADE_BY|INSTANCE_OF WHERE r.in_force]-(:!Authority&!Supplier))*(part:Entity)
WITH DISTINCT m, name, part
MATCH (part)-[:FAILS_AT]->(end:Place)
WITH DISTINCT m, name, end
MATCH (end)(()<-[h:LEADS_TO WHERE h[$kind] <= $band]-())*(p:Place)
WITH DISTINCT m, name, p
MATCH (p)<-[:FAILS_AT]-(root:Entity)
WITH m, root, count(DISTINCT name) AS both
WHERE both = 2
WITH m, collect(root) AS roots, collect(root.id) AS ids
UNWIND roots AS root
WITH root, [name IN [$first, $second] WHERE EXISTS {
  MATCH (root)((:!Authority&!Supplier)-[r:OPERATED_BY|MADE_BY|INSTANCE_OF WHERE r.in_force]->())*
    (:Entity {generation: m.generation, id: name})
}] AS owners, ids
// a part of one of the two alone says no more than that one, where that one stands here too
WHERE root.id IN [$first, $second] OR size(owners) <> 1 OR NOT owners[0] IN ids
RETURN root.id AS id, root.name AS name, root.kind AS root_kind
ORDER BY id
