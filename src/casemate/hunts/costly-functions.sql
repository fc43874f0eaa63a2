-- title: Functions by what their runs cost
-- about: Reports of the platform in function logs, priced; a function that suddenly leads the list is looping, attacked or mis-sized.
-- param: since = 1970-01-01: from this day on, UTC
SELECT function, count(*) AS runs, round(sum(try_cast(cost AS DOUBLE)), 4) AS dollars, max(time) AS last
FROM events
WHERE cost IS NOT NULL AND time >= CAST($since AS TIMESTAMP)
GROUP BY function
ORDER BY dollars DESC, function
