// title: Concentration as one number
// question: How concentrated is each service area, compared with the others?
// parameter: map text = uk | the name of the map on the server
// column: area | the service area
// column: trade | systems, or services that are work done for councils
// column: suppliers | how many there are
// column: councils | councils of which a supplier is known
// column: hhi | Herfindahl-Hirschman index of councils' suppliers, 0 to 10,000
// column: effective | effective number of suppliers: 10,000 divided by the index
// equals: concentration --by area: the index by councils, of what is known
// example: riskgraph query hhi
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[bought:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON]->(provider:Entity)
USING INDEX body:Authority(generation)
WHERE body.counted AND body.authority_type IN ['city-corporation', 'council', 'county', 'district', 'london-borough',
    'metropolitan', 'ni-district', 'scottish-unitary', 'unitary', 'welsh-unitary']
  AND bought.in_force AND bought.area IS NOT NULL
  AND provider.national IS NULL
// who sells: the organisation itself; the maker of a product; the operator of a system, else its supplier, else the
// maker of what it is a copy of; the operator of an environment or a store
WITH body, bought, bought.area AS area, CASE
  WHEN provider.kind IN ['authority', 'supplier', 'shared-service'] THEN [provider]
  WHEN provider.kind = 'product' THEN COLLECT { MATCH (provider)-[s:MADE_BY]->(seller) WHERE s.in_force RETURN seller }
  WHEN EXISTS { MATCH (provider)-[s:OPERATED_BY]->() WHERE s.in_force }
    THEN COLLECT { MATCH (provider)-[s:OPERATED_BY]->(seller) WHERE s.in_force RETURN seller }
  WHEN provider.kind <> 'system' THEN []
  WHEN EXISTS { MATCH (provider)-[s:SUPPLIED_BY]->() WHERE s.in_force }
    THEN COLLECT { MATCH (provider)-[s:SUPPLIED_BY]->(seller) WHERE s.in_force RETURN seller }
  ELSE COLLECT {
    MATCH (provider)-[c:INSTANCE_OF]->()-[s:MADE_BY]->(seller) WHERE c.in_force AND s.in_force RETURN seller
  }
END AS sellers
WITH body, bought, area, sellers WHERE none(seller IN sellers WHERE seller.national IS NOT NULL)
UNWIND sellers AS seller
// systems and work are two trades: what is used or made is a system, who runs the service or is known for work does work
WITH body, area, seller, CASE
  WHEN bought:USES OR bought:HOSTED_ON OR EXISTS {
    MATCH (seller)<-[s:MADE_BY|OPERATED_BY|SUPPLIED_BY]-(thing:Entity)
    WHERE s.in_force AND thing.kind IN ['product', 'system'] AND area IN thing.service_area
  } THEN 'systems'
  WHEN bought:SERVED_BY OR seller.work THEN 'services'
  ELSE 'systems'
END AS trade
// a council with several suppliers counts in equal parts
WITH body, area, trade, collect(DISTINCT seller) AS sellers
UNWIND sellers AS seller
WITH area, trade, seller, count(body) AS reach, sum(1.0 / size(sellers)) AS councils
WITH area, trade, collect(councils) AS each, sum(councils) AS known
WITH area, trade, size(each) AS suppliers, toInteger(round(known)) AS councils,
  reduce(sum = 0.0, n IN each | sum + (100.0 * n / known) ^ 2) AS hhi
RETURN area, trade, suppliers, councils, round(hhi) AS hhi, round(10000 / hhi, 1) AS effective
ORDER BY hhi DESC, area, trade
