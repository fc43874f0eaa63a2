-- title: Addresses that a role was first used from after a day
-- about: Credentials of a function that leave it show up as a new address for its role.
-- param: after = 1970-01-01: addresses seen before this day, UTC, are known
SELECT role, address, min(time) AS first, count(*) AS calls, list(DISTINCT action ORDER BY action) AS actions
FROM events
WHERE role IS NOT NULL AND address IS NOT NULL AND address NOT LIKE '%.amazonaws.com'
GROUP BY role, address
HAVING min(time) >= CAST($after AS TIMESTAMP)
ORDER BY first, role, address
