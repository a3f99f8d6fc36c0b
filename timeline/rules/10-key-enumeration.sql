-- id: key-enumeration
-- title: Keys or signatures were requested from the resource manager
-- question: Who asked for account keys, SAS, or delegation keys, from where, and
--   had that identity done so before from there?
-- attack: T1552, T1528
-- ms-threat: MS-T818, MS-T806
-- link: requests: the records of the requests; one request is two or three
--   records with one correlation id, and counts once
-- rests-on: the activity log's caller and address, and the correlation id that
--   joins the records of one request; a user delegation key is asked for in
--   storage itself, and its log has caller and address too
-- alternative: the portal, az CLI, Storage Explorer, backup products, and
--   responders list keys every day, the CLI silently before ordinary commands
-- alternative: an address can be new because somebody travels, works from home,
--   or because a hosted runner gets a new address for each job
-- contradiction: the same identity lists keys from the same address in the
--   baseline; a change ticket or the person confirms it

-- One row a request.
CREATE TEMP TABLE w_request AS
SELECT MIN(e.id) AS request, e.actor AS actor, e.account AS account,
    e.src_ip AS src_ip, COALESCE(e.app_id, '') AS app_id,
    COALESCE(e.correlation_id, '') AS correlation_id,
    MIN(e.time) AS time, COUNT(*) AS records,
    SUM(CASE WHEN e.outcome = 'success' THEN 1 ELSE 0 END) AS successes,
    SUM(CASE WHEN e.outcome IN ('failure', 'denied') THEN 1 ELSE 0 END)
        AS failures
FROM event AS e
WHERE e.action IN ('key-list', 'key-regenerate', 'sas-issue')
    AND e.source IN ('activity', 'la-activity', 'storage', 'la-storage')
    AND e.time IS NOT NULL AND e.actor IS NOT NULL AND e.src_ip IS NOT NULL
    AND e.account IS NOT NULL AND COALESCE(e.collector_footprint, 0) = 0
GROUP BY e.actor, e.account, e.src_ip, COALESCE(e.app_id, ''),
    COALESCE(e.correlation_id, '');

-- Where each identity was seen, in the activity log and by name in storage.
CREATE TEMP TABLE w_identity AS
SELECT e.actor AS actor, e.src_ip AS src_ip, MIN(e.time) AS first_time,
    SUM(CASE WHEN e.time >= b.from_time AND e.time < b.to_time THEN 1 ELSE 0
        END) AS in_baseline
FROM event AS e CROSS JOIN w_base AS b
WHERE e.actor IS NOT NULL AND e.src_ip IS NOT NULL AND e.time IS NOT NULL
    AND COALESCE(e.auth, '') IN ('', 'oauth')
GROUP BY e.actor, e.src_ip;
CREATE TEMP TABLE w_actor AS
SELECT actor AS actor, MIN(first_time) AS first_time,
    SUM(in_baseline) AS in_baseline
FROM w_identity GROUP BY actor;

-- Listings of one identity from one address.
CREATE TEMP TABLE w_listing AS
SELECT ROW_NUMBER() OVER (ORDER BY t.first_time, t.actor, t.src_ip) AS listing,
    t.actor AS actor, t.src_ip AS src_ip, t.first_time AS first_time,
    t.last_time AS last_time, t.requests AS requests, t.accounts AS accounts,
    t.successes AS successes, t.failures AS failures,
    CASE WHEN i.in_baseline = 0 AND t.first_time - i.first_time <= w.value
        THEN 1 ELSE 0 END AS address_is_new,
    CASE WHEN a.in_baseline = 0 THEN 1 ELSE 0 END AS identity_is_new
FROM (SELECT actor AS actor, src_ip AS src_ip, MIN(time) AS first_time,
        MAX(time) AS last_time, COUNT(*) AS requests,
        COUNT(DISTINCT account) AS accounts, SUM(successes) AS successes,
        SUM(failures) AS failures
    FROM w_request GROUP BY actor, src_ip) AS t
JOIN w_identity AS i ON i.actor = t.actor AND i.src_ip = t.src_ip
JOIN w_actor AS a ON a.actor = t.actor
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
    AND name = 'window_ticks') AS w;

SELECT l.listing AS finding, 'requests' AS link, l.actor AS identity,
    l.src_ip AS address, l.first_time AS first_time, l.last_time AS last_time,
    l.requests AS requests, l.accounts AS accounts, l.failures AS failures,
    CASE WHEN b.explicit = 0 AND l.first_time < b.to_time
        THEN 'cannot tell, the records begin too late'
        WHEN l.address_is_new = 1 AND l.identity_is_new = 1
        THEN 'identity and address not in the baseline'
        WHEN l.address_is_new = 1 THEN 'address new for this identity'
        ELSE 'as in the baseline' END AS compared_with_baseline,
    CASE WHEN r.name IS NULL THEN 'no' ELSE 'yes' END AS named_as_responder,
    b.from_time AS baseline_from_time, b.to_time AS baseline_to_time
FROM w_listing AS l CROSS JOIN w_base AS b
LEFT JOIN responder AS r ON r.name = l.actor
ORDER BY l.listing;

SELECT l.listing AS finding, 'requests' AS link, e.id AS event
FROM w_listing AS l
JOIN event AS e ON e.actor = l.actor AND e.src_ip = l.src_ip
WHERE e.action IN ('key-list', 'key-regenerate', 'sas-issue')
    AND e.source IN ('activity', 'la-activity', 'storage', 'la-storage')
    AND e.account IS NOT NULL AND COALESCE(e.collector_footprint, 0) = 0
ORDER BY l.listing, e.time, e.id;
