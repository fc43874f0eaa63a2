-- title: Calls that were denied, by who made them
-- about: Somebody who tries what a role may not do. Many different actions by one principal are probing; one action again and again is a broken deployment.
-- param: since = 1970-01-01: from this day on, UTC
SELECT actor, account, count(DISTINCT action) AS actions, count(*) AS calls, list(DISTINCT action ORDER BY action) AS which,
       list(DISTINCT address ORDER BY address) AS addresses, min(time) AS first, max(time) AS last
FROM events
WHERE outcome = 'failure' AND (error ILIKE '%denied%' OR error ILIKE '%unauthorized%') AND time >= CAST($since AS TIMESTAMP)
GROUP BY actor, account
ORDER BY actions DESC, calls DESC, actor
