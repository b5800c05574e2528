// title: Who works for our suppliers
// question: Who do our suppliers hand the work on to?
// parameter: map text = uk | the name of the map on the server
// column: provider | the supplier or shared service
// column: subcontractor | who does the work
// column: area | the service area
// column: data | what it gets to see; blank: not known
// column: row | the relation's id
// equals: the rows subcontracts-to in force
// example: riskgraph query subcontractors
// In Neo4j Browser, first:
// :param {map: 'uk'}

MATCH (m:RiskMap {name: $map})
MATCH (provider:Entity)-[r:SUBCONTRACTS_TO]->(other:Supplier)
WHERE provider.generation = m.generation AND provider.id IS NOT NULL AND r.in_force
RETURN provider.name AS provider, other.name AS subcontractor, r.area AS area, r.data AS data, r.id AS row
ORDER BY row
