// title: Products in many places
// question: Which product runs at most of us, and who makes it?
// parameter: map text = uk | the name of the map on the server
// parameter: limit integer = 20 | the most rows
// column: id | the product
// column: name | its name
// column: makers | who makes it
// column: councils | public bodies that use it
// equals: the rows uses and made-by in force
// example: riskgraph query products --param limit=10
// In Neo4j Browser, first:
// :param {map: 'uk', limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (product:Product {generation: m.generation})<-[r:USES]-(body:Authority)
USING INDEX product:Product(generation)
WHERE r.in_force
WITH product, count(DISTINCT body) AS councils
RETURN product.id AS id, product.name AS name,
  COLLECT { MATCH (product)-[made:MADE_BY]->(maker:Supplier) WHERE made.in_force RETURN DISTINCT maker.name ORDER BY maker.name } AS makers, councils
ORDER BY councils DESC, id
LIMIT $limit
