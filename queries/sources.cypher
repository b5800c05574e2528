// title: Prove it
// question: Prove it. Where did that come from?
// parameter: map text = uk | the name of the map on the server
// parameter: row text | id of a relation
// column: evidence | id of the item
// column: stance | supports or disputes
// column: confidence | confirmed, reported or inferred
// column: about | the field it speaks of; blank: the relation
// column: published | when
// column: publisher | by whom
// column: url | where
// column: claim | what it says
// equals: the evidence of one relation
// example: riskgraph query sources --param row=thanet.served-by.partnershipone.revenues-benefits
// In Neo4j Browser, first:
// :param {map: 'uk', row: 'the id of a relation'}

MATCH (m:RiskMap {name: $map})
MATCH (body:Entity)-[r]->(:Entity)
WHERE body.generation = m.generation AND body.id IS NOT NULL AND r.id = $row AND r.load IS NOT NULL AND NOT r:IMPLIES
UNWIND r.evidence AS item
MATCH (e:Evidence {generation: m.generation, id: item})
RETURN e.id AS evidence, e.stance AS stance, e.confidence AS confidence, e.about AS about, e.published AS published,
  e.publisher AS publisher, e.url AS url, e.claim AS claim
ORDER BY evidence
