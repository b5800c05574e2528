// title: Who has how much
// question: How concentrated are we in revs and bens?
// parameter: map text = uk | the name of the map on the server
// parameter: area text = revenues-benefits | the service area
// column: id | the supplier
// column: supplier | its name
// column: councils | councils that lean on it in this area
// column: percent | its share of all such ties, in percent
// equals: the steps of the map in force: suppliers of public bodies in one area
// example: riskgraph query concentration --param area=revenues-benefits
// In Neo4j Browser, first:
// :param {map: 'uk', area: 'revenues-benefits'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[r:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON|IMPLIES]->(supplier)
USING INDEX body:Authority(generation)
WHERE supplier.kind = 'supplier' AND body.counted AND r.in_force AND r.area = $area
WITH supplier, count(DISTINCT body) AS councils

WITH collect({supplier: supplier, councils: councils}) AS rows, sum(councils) AS ties
UNWIND rows AS row
RETURN row.supplier.id AS id, row.supplier.name AS supplier, row.councils AS councils,
  round(100.0 * row.councils / ties, 1) AS percent
ORDER BY councils DESC, id
