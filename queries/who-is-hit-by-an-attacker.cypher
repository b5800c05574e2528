// title: Who could be reached if an attacker were inside
// question: If Civica were compromised tonight, who could be reached, and how?
// parameter: map text = uk | the name of the map on the server
// parameter: root name | what fails, such as civica
// parameter: band band = possible | the widest band to show
// column: id | the body
// column: council | its usual name
// column: kind | what could happen there
// column: band | the surest band, 0 to 3
// equals: blast like compromise: exposure, tampering, outage and intrusion at once; what falls only when several alternatives fail together is left to blast
// example: riskgraph query who-is-hit-by-an-attacker --param root=civica
// In Neo4j Browser, first:
// :param {map: 'uk', root: 'supplier:civica', band: 2}

MATCH (m:RiskMap {name: $map})
MATCH (:Entity {generation: m.generation, id: $root})-[:FAILS_AT]->(start:Place)

WITH collect(start) AS starts
CALL (starts) { // an attacker moves on only from where intrusion is at least likely
  UNWIND starts AS start
  MATCH (start)(()-[h:LEADS_TO WHERE h.intrusion <= 1]->())*(p:Place)
  RETURN collect(DISTINCT p) AS likely
}
UNWIND range(0, $band) AS level
CALL (starts, likely, level) {
  WITH CASE WHEN level < 2 THEN starts ELSE starts + COLLECT {
    UNWIND likely AS inside
    MATCH (inside)-[h:LEADS_TO]->(next:Place)
    WHERE h.onward AND h.intrusion <= level
    RETURN DISTINCT next
  } END AS sources
  UNWIND sources AS source
  MATCH (source)(()-[h:LEADS_TO WHERE h.intrusion <= level AND (level < 2 OR h.onward IS NULL)]->())*(p:Place)
  RETURN collect(DISTINCT p) AS intruded
}
CALL (starts, intruded, level) {
  UNWIND intruded AS p
  RETURN p, 'intrusion' AS kind
  UNION
  UNWIND ['exposure', 'tampering', 'outage'] AS kind
  // who is inside may also read, alter and stop things; the root says itself what fails there
  UNWIND starts + [p IN intruded WHERE level >= 2 AND kind IN p.opens AND NOT p IN starts] AS source
  MATCH (source)(()-[h:LEADS_TO WHERE h[kind] <= level]->())*(p:Place)
  RETURN DISTINCT p, kind
}
WITH DISTINCT p, kind, level
MATCH (p)-[:PART_OF]->(body:Authority)
WHERE p.part = 'whole' AND body.counted
RETURN body.id AS id, body.usual_name AS council, kind, min(level) AS band
ORDER BY band, council, kind
