-- title: Who read secrets and parameters, and how many
-- about: The first look after a credential may have leaked. A function's role that reads one secret all day is its work; a person, or a role that reads many, is not.
-- param: since = 1970-01-01: from this day on, UTC
SELECT actor, account, count(DISTINCT texts['requestParameters.secretId'][1]) AS secrets, count(*) AS calls,
       min(time) AS first, max(time) AS last, list(DISTINCT address) AS addresses
FROM events
WHERE action IN ('GetSecretValue', 'BatchGetSecretValue', 'GetParameter', 'GetParameters', 'GetParametersByPath')
  AND outcome = 'success' AND time >= CAST($since AS TIMESTAMP)
GROUP BY actor, account
ORDER BY secrets DESC, calls DESC, actor
