// title: The model and what happened
// question: Would the map have named those who were hit?
// parameter: map text = uk | the name of the map on the server
// parameter: incident text | id of an incident
// parameter: kind kind = outage | outage, exposure or tampering
// parameter: band band = possible | the widest band to show
// column: id | a public body
// column: council | its usual name
// column: hit | what is recorded of it; blank: nothing
// column: reached | whether the map of today reaches it from where the incident began
// equals: incident_effects beside blast of the origins that are bodies, one failure kind; for a replay of the past use riskgraph replay; what falls only when several alternatives fail together is left to blast
// example: riskgraph query incident-replay --param incident=capita-aws-bucket-2023 --param kind=exposure --param band=not-ruled-out
// In Neo4j Browser, first:
// :param {map: 'uk', incident: 'the id of an incident', kind: 'exposure', band: 3}

MATCH (m:RiskMap {name: $map})
MATCH (i:Incident {generation: m.generation, id: $incident})
CALL (m, i) {
  MATCH (i)-[began:BEGAN_AT]->(origin:Entity)-[:FAILS_AT]->(start:Place)
  WHERE began.area IS NULL OR (start.part = 'line' AND start.area = began.area)
  MATCH (start)(()-[h:LEADS_TO WHERE h[$kind] <= $band]->())*(p:Place)
  WITH DISTINCT p
  MATCH (p)-[:PART_OF]->(body:Authority)
  WHERE p.part = 'whole'
  RETURN body, null AS hit, true AS reached
  UNION ALL
  MATCH (i)-[r:AFFECTED]->(body:Authority)
  RETURN body, r.effect AS hit, false AS reached
}
WITH body, collect(DISTINCT hit) AS hits, max(CASE WHEN reached THEN 1 ELSE 0 END) = 1 AS reached
RETURN body.id AS id, body.usual_name AS council, COLLECT { UNWIND hits AS hit RETURN hit ORDER BY hit } AS hit, reached
ORDER BY reached DESC, id
