-- title: Other accounts that a change let in
-- about: Resource policies, trust policies, snapshots, layers and permissions that name an account that is not their own; `*` is everybody.
-- param: since = 1970-01-01: from this day on, UTC
SELECT time, account, actor, action, resource, "foreign" AS accounts, outcome
FROM events
WHERE len("foreign") > 0 AND time >= CAST($since AS TIMESTAMP)
ORDER BY time, id
