-- id: logging-changes
-- title: Logging or protection was changed
-- question: Who changed what is logged, who may read, or what may be deleted, and
--   from where?
-- attack: T1562.008, T1098.001
-- ms-threat: MS-T810, MS-T808
-- link: requests: the records of the requests of one identity from one address
-- rests-on: the operation, caller, and address in the activity log, and requests to
--   the storage service that set its own properties or access
-- alternative: policy and deployments write the same settings every day
-- alternative: a flow log stops when the key of its account is rotated, until it is
--   enabled again: that is the service's own behaviour
-- contradiction: the same identity makes the same change from the same address in
--   the baseline; a change ticket
CREATE TEMP TABLE w_change AS
SELECT e.id AS event, e.time AS time, e.action AS action,
    COALESCE(e.actor, '(none)') AS actor, COALESCE(e.src_ip, '(none)')
        AS src_ip,
    COALESCE(e.correlation_id, '') AS correlation_id,
    CASE WHEN e.outcome = 'success' THEN 1 ELSE 0 END AS success
FROM event AS e
WHERE e.action IN ('logging-change', 'role-change', 'policy-change',
        'set-access') AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0;
CREATE TEMP TABLE w_changer AS
SELECT ROW_NUMBER() OVER (ORDER BY t.first_time, t.actor, t.src_ip, t.action)
        AS finding,
    t.actor AS actor, t.src_ip AS src_ip, t.action AS action,
    t.first_time AS first_time, t.last_time AS last_time,
    t.requests AS requests, t.successes AS successes,
    t.in_baseline AS in_baseline
FROM (SELECT c.actor AS actor, c.src_ip AS src_ip, c.action AS action,
        MIN(c.time) AS first_time, MAX(c.time) AS last_time,
        COUNT(DISTINCT c.correlation_id) AS requests,
        SUM(c.success) AS successes,
        SUM(CASE WHEN c.time >= b.from_time AND c.time < b.to_time THEN 1
            ELSE 0 END) AS in_baseline
    FROM w_change AS c CROSS JOIN w_base AS b
    GROUP BY c.actor, c.src_ip, c.action) AS t;

SELECT g.finding AS finding, 'requests' AS link, g.action AS kind_of_change,
    g.actor AS identity, g.src_ip AS address, g.first_time AS first_time,
    g.last_time AS last_time, g.requests AS requests,
    CASE WHEN g.successes > 0 THEN 'yes' ELSE 'no' END AS any_succeeded,
    CASE WHEN g.in_baseline > 0 THEN 'as in the baseline'
        WHEN i.first_time IS NULL THEN 'identity without an address'
        WHEN i.first_time < g.first_time AND i.in_baseline > 0
        THEN 'a new change from a known address'
        ELSE 'address new for this identity' END AS compared_with_baseline,
    CASE WHEN r.name IS NULL THEN 'no' ELSE 'yes' END AS named_as_responder
FROM w_changer AS g
LEFT JOIN w_identity AS i ON i.actor = g.actor AND i.src_ip = g.src_ip
LEFT JOIN responder AS r ON r.name = g.actor
ORDER BY g.finding;

SELECT g.finding AS finding, 'requests' AS link, c.event AS event
FROM w_changer AS g
JOIN w_change AS c ON c.actor = g.actor AND c.src_ip = g.src_ip
    AND c.action = g.action
ORDER BY g.finding, c.time, c.event;
