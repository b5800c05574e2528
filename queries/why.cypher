// title: One route in words
// question: We don't even buy from them. How are we connected?
// parameter: map text = uk | the name of the map on the server
// parameter: body name | a public body, such as thanet
// parameter: root name | what fails, such as civica
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: step | its number, from what fails
// column: dependent | who depends
// column: relation | how
// column: provider | on whom
// column: row | the relation's id
// column: grade | how good its evidence is
// column: sources | where that came from
// equals: why: the steps are rows of the map, and the band is the one of blast; what falls only when several alternatives fail together is left to blast
// example: riskgraph query why --param body=thanet --param root=civica --param kind=tampering
// In Neo4j Browser, first:
// :param {map: 'uk', body: 'authority:thanet', root: 'supplier:civica', kind: 'tampering', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})-[:FAILS_AT]->(start:Place)

MATCH (end:Place {generation: m.generation, id: $body + '|whole|'})
WHERE NOT start = end
MATCH path = SHORTEST 1 (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())+(end)
WITH m, path ORDER BY length(path), start.id LIMIT 1
WITH m, [h IN relationships(path) WHERE h.row IS NOT NULL] AS steps
UNWIND range(1, size(steps)) AS step
WITH m, step, steps[step - 1] AS h
UNWIND CASE WHEN h.made_by IS NULL THEN [h.row] ELSE [h.made_by, h.row] END AS row
UNWIND [startNode(h), endNode(h)] AS place
MATCH (place)-[:PART_OF]->(:Entity)-[r]-(:Entity)
WHERE r.id = row AND r.load IS NOT NULL AND NOT r:IMPLIES
WITH DISTINCT m, step, row, r
RETURN step, startNode(r).name AS dependent, replace(toLower(type(r)), '_', '-') AS relation, endNode(r).name AS provider, row, r.grade AS grade,
  COLLECT { UNWIND r.evidence AS item MATCH (e:Evidence {generation: m.generation, id: item}) RETURN e.url ORDER BY e.id } AS sources
ORDER BY step, row
