// title: Contracts that end first
// question: Which contracts with them, or for what they make, end first?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// parameter: limit integer = 20 | the most rows
// column: dependent | who depends
// column: relation | how
// column: provider | on whom
// column: ends | end of the contract as it stands, else of the relation, else the latest
// column: notice_days | days of notice
// column: value_gbp | value of the whole contract in pounds
// column: row | the relation's id
// equals: contracts: the rows in force with an end, of the provider and of the products it makes
// example: riskgraph query ends-first --param root=civica --param limit=10
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:civica', limit: 20}

MATCH (m:RiskMap {name: $map})
MATCH (root:Entity {generation: m.generation, id: $root})
CALL (root) {
  RETURN root AS provider
  UNION
  MATCH (product:Product)-[made:MADE_BY]->(root)
  WHERE made.in_force
  RETURN product AS provider
}
MATCH (body:Entity)-[r]->(provider)
WHERE r.load IS NOT NULL AND NOT r:IMPLIES AND NOT r:MEMBER_OF AND NOT r:MADE_BY AND NOT r:LINKED_TO AND NOT r:OWNED_BY
  AND r.in_force AND coalesce(r.contract_end, r.valid_to, r.contract_end_latest) IS NOT NULL
RETURN body.name AS dependent, replace(toLower(type(r)), '_', '-') AS relation, provider.name AS provider, coalesce(r.contract_end, r.valid_to, r.contract_end_latest) AS ends,
  r.notice_days AS notice_days, r.contract_value_gbp AS value_gbp, r.id AS row
ORDER BY ends, row
LIMIT $limit
