// title: Concentration as one number
// question: How concentrated is each service area, compared with the others?
// parameter: map text = uk | the name of the map on the server
// column: area | the service area
// column: suppliers | how many there are
// column: ties | councils' ties to them
// column: hhi | Herfindahl-Hirschman index of the ties, 0 to 10,000
// column: effective | effective number of suppliers: 10,000 divided by the index
// equals: the steps of the map in force: sum of squared shares in percent, by area
// example: riskgraph query hhi
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[r:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON|IMPLIES]->(supplier)
USING INDEX body:Authority(generation)
WHERE supplier.kind = 'supplier' AND body.counted AND r.in_force AND r.area IS NOT NULL
WITH r.area AS area, supplier, count(DISTINCT body) AS councils
WITH area, collect(councils) AS each, sum(councils) AS ties
WITH area, size(each) AS suppliers, ties, reduce(sum = 0.0, n IN each | sum + (100.0 * n / ties) ^ 2) AS hhi
RETURN area, suppliers, ties, round(hhi) AS hhi, round(10000 / hhi, 1) AS effective
ORDER BY hhi DESC, area
