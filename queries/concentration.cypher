// title: Who has how much
// question: How concentrated are we in revs and bens?
// parameter: map text = uk | the name of the map on the server
// parameter: area text = revenues-benefits | the service area
// column: id | the supplier
// column: supplier | its name
// column: trade | systems, or services that are work done for councils
// column: councils | councils that have it in this area
// column: percent | its share of the councils of which a supplier in the trade is known, in percent: one with several counts in parts
// equals: concentration: the suppliers of the principal councils in one area, each trade apart
// example: riskgraph query concentration --param area=revenues-benefits
// In Neo4j Browser, first:
// :param {map: 'uk', area: 'revenues-benefits'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Authority {generation: m.generation})-[bought:USES|SUPPLIED_BY|SERVED_BY|HOSTED_ON]->(provider:Entity)
USING INDEX body:Authority(generation)
WHERE body.counted AND body.authority_type IN ['city-corporation', 'council', 'county', 'district', 'london-borough',
    'metropolitan', 'ni-district', 'scottish-unitary', 'unitary', 'welsh-unitary']
  AND bought.in_force AND bought.area = $area
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
WITH trade, seller, count(body) AS reach, sum(1.0 / size(sellers)) AS councils
WITH trade, collect({seller: seller, reach: reach, councils: councils}) AS rows, sum(councils) AS known
UNWIND rows AS row
RETURN row.seller.id AS id, row.seller.name AS supplier, trade, row.reach AS councils,
  round(100.0 * row.councils / known, 1) AS percent
ORDER BY trade, percent DESC, id
