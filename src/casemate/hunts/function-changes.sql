-- title: Every change to functions, by hand or by a pipeline
-- about: Code, configuration, layers, rights, URLs and event sources, with who did it and from where; what a pipeline did stands beside what it did not.
-- param: since = 1970-01-01: from this day on, UTC
-- param: function = %: a LIKE pattern of function names
SELECT time, function, action, actor, session, address, agent, outcome
FROM events
WHERE service = 'lambda' AND read_only = 'false' AND action NOT IN ('Invoke', 'InvokeWithResponseStream')
  AND coalesce(function, '') LIKE $function AND time >= CAST($since AS TIMESTAMP)
ORDER BY time, id
