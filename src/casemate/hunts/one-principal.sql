-- title: What one principal did, in order
-- about: The timeline of a suspect: a user, a role, a session or an access key.
-- param: who: part of an ARN, a session's name, or an access key id
-- param: since = 1970-01-01: from this day on, UTC
SELECT time, service, action, outcome, error, resource, function, address, agent, region, account, id
FROM events
WHERE (contains(lower(coalesce(actor, '')), lower($who)) OR session = $who OR access_key = $who)
  AND time >= CAST($since AS TIMESTAMP)
ORDER BY time, id
