-- id: open-access
-- title: Access that needed no identity, or a SAS that is wide or lasts long
-- question: What was read anonymously, whose access was widened, and which SAS in use
--   are long-lived, unbounded, or signed for a whole account?
-- attack: T1530, T1078.004
-- ms-threat: MS-T807, MS-T814
-- param: long_ticks = 6048000000000: a SAS that lives longer than this is long-lived
--   (7 days, the most a user delegation SAS may have)
-- link: anonymous: requests without a credential outside $web, which is public by design
-- link: access: who set the access level of containers
-- link: long: SAS in use that live longer than long_ticks, or have no end of their own
--   since a stored policy sets it
-- link: account: SAS in use that are signed for a whole account rather than one
--   container or object
-- link: unbounded: SAS in use that are bound to no address and allow plain HTTP
-- rests-on: the credential kind and the SAS parameters in each storage record
-- rests-on: anonymous requests that failed are mostly not logged
-- alternative: public containers may be public on purpose; the portal itself makes
--   account SAS of eight hours
-- contradiction: the owner names the container as public, or the SAS as issued so

-- SAS in use, once each.
CREATE TEMP TABLE w_sas_use AS
SELECT e.account AS account, e.sas_hash AS sas_hash, MIN(e.id) AS first_event,
    MIN(e.time) AS first_time, COUNT(*) AS requests,
    COUNT(DISTINCT e.src_ip) AS addresses,
    MAX(CASE WHEN e.sas_srt IS NULL THEN 0 ELSE 1 END) AS whole_account,
    MAX(CASE WHEN e.sas_sip IS NULL THEN 0 ELSE 1 END) AS bound,
    MAX(CASE WHEN e.sas_spr = 'https' THEN 1 ELSE 0 END) AS https_only,
    MAX(CASE WHEN e.sas_se_time IS NULL THEN 1 ELSE 0 END) AS by_policy,
    MAX(e.sas_se_time) AS end_time,
    MIN(COALESCE(e.sas_st_time, e.time)) AS start_time
FROM event AS e
WHERE e.sas_hash IS NOT NULL AND e.account IS NOT NULL AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0
GROUP BY e.account, e.sas_hash;
CREATE TEMP TABLE w_sas_kind AS
SELECT s.account AS account, k.kind AS kind, s.sas_hash AS sas_hash,
    s.first_event AS event, s.first_time AS first_time,
    s.requests AS requests, s.addresses AS addresses,
    CASE WHEN s.end_time IS NULL THEN 0 ELSE s.end_time - s.start_time END AS life
FROM w_sas_use AS s
CROSS JOIN (SELECT 3 AS kind UNION ALL SELECT 4 AS kind UNION ALL
    SELECT 5 AS kind) AS k
CROSS JOIN (SELECT value FROM param WHERE rule = 'open-access'
    AND name = 'long_ticks') AS p
WHERE k.kind = 3 AND (s.by_policy = 1 OR s.end_time - s.start_time > p.value)
    OR k.kind = 4 AND s.whole_account = 1
    OR k.kind = 5 AND s.bound = 0 AND s.https_only = 0;
CREATE TEMP TABLE w_open AS
SELECT ROW_NUMBER() OVER (ORDER BY t.kind, t.account) AS finding,
    t.kind AS kind, t.account AS account
FROM (SELECT DISTINCT 1 AS kind, account FROM w_access
        WHERE auth = 'anonymous' AND container <> '$web'
    UNION ALL
    SELECT DISTINCT 2 AS kind, COALESCE(account, '(none)') AS account FROM event
        WHERE action = 'set-access' AND time IS NOT NULL
            AND COALESCE(collector_footprint, 0) = 0
    UNION ALL
    SELECT DISTINCT kind, account FROM w_sas_kind) AS t;

SELECT o.finding AS finding, 'anonymous' AS link, o.account AS account,
    a.container AS container, COUNT(*) AS requests,
    COUNT(DISTINCT a.src_ip) AS addresses, SUM(a.taken) AS reads,
    SUM(a.bytes_read) AS bytes_read, MIN(a.time) AS first_time,
    MAX(a.time) AS last_time
FROM w_open AS o
JOIN w_access AS a ON a.account = o.account
WHERE o.kind = 1 AND a.auth = 'anonymous' AND a.container <> '$web'
GROUP BY o.finding, o.account, a.container ORDER BY o.finding, a.container;

SELECT o.finding AS finding, 'access' AS link, o.account AS account,
    COALESCE(e.actor, '(none)') AS identity, COALESCE(e.src_ip, '(none)') AS address,
    COALESCE(e.operation, '') AS operation, COALESCE(e.container, '') AS container,
    COUNT(*) AS records, MIN(e.time) AS first_time, MAX(e.time) AS last_time
FROM w_open AS o
JOIN event AS e ON COALESCE(e.account, '(none)') = o.account
WHERE o.kind = 2 AND e.action = 'set-access' AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0
GROUP BY o.finding, o.account, COALESCE(e.actor, '(none)'),
    COALESCE(e.src_ip, '(none)'), COALESCE(e.operation, ''),
    COALESCE(e.container, '')
ORDER BY o.finding, MIN(e.time), COALESCE(e.operation, ''),
    COALESCE(e.container, ''), COALESCE(e.actor, '(none)'),
    COALESCE(e.src_ip, '(none)');

SELECT o.finding AS finding, CASE WHEN o.kind = 3 THEN 'long'
        WHEN o.kind = 4 THEN 'account' ELSE 'unbounded' END AS link,
    o.account AS account, COUNT(*) AS sas_in_use, SUM(s.requests) AS requests,
    MAX(s.life) AS longest_life_ticks, MIN(s.first_time) AS first_time
FROM w_open AS o
JOIN w_sas_kind AS s ON s.account = o.account AND s.kind = o.kind
GROUP BY o.finding, o.kind, o.account ORDER BY o.finding;

SELECT o.finding AS finding, 'anonymous' AS link, a.event AS event
FROM w_open AS o JOIN w_access AS a ON a.account = o.account
WHERE o.kind = 1 AND a.auth = 'anonymous' AND a.container <> '$web'
ORDER BY o.finding, a.time, a.event;
SELECT o.finding AS finding, 'access' AS link, e.id AS event
FROM w_open AS o JOIN event AS e ON COALESCE(e.account, '(none)') = o.account
WHERE o.kind = 2 AND e.action = 'set-access' AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0
ORDER BY o.finding, e.time, e.id;
-- Of each SAS its first request.
SELECT o.finding AS finding, CASE WHEN o.kind = 3 THEN 'long'
        WHEN o.kind = 4 THEN 'account' ELSE 'unbounded' END AS link,
    'context' AS role, s.event AS event
FROM w_open AS o
JOIN w_sas_kind AS s ON s.account = o.account AND s.kind = o.kind
ORDER BY o.finding, s.event;
