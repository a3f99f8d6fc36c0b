-- id: explorer-access
-- title: Access in the manner of Storage Explorer
-- question: Which sessions look like somebody browsing an account with a desktop
--   browser, and what did they touch?
-- attack: T1619, T1530
-- ms-threat: MS-T820
-- link: session: the requests of one address on one account, no more than 30 min
--   apart; the credential is an attribute, since it changes within a session
-- rests-on: the agent string and the order of requests: containers listed,
--   service and container properties, blobs listed, properties, reads
-- alternative: it is an administrator's ordinary tool; the agent string is chosen
--   by the client, so this describes a string and a pattern, not a program
-- contradiction: the requests carry a referrer of the portal, or a program with
--   the same pattern runs at that address on other days
CREATE TEMP TABLE w_session_use AS
SELECT a.event AS event, a.time AS time, a.time_end AS time_end,
    a.account AS account, a.src_ip AS src_ip, a.tool AS tool,
    a.action AS action, a.auth AS auth, a.bytes_read AS bytes_read,
    SUM(a.begins) OVER (PARTITION BY a.account, a.src_ip
        ORDER BY a.time, a.event
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session
FROM (SELECT x.event, x.time, x.time_end, x.account, x.src_ip, x.tool,
        x.action, x.auth, x.bytes_read,
        CASE WHEN x.time - LAG(x.time, 1, -9000000000000000000) OVER
            (PARTITION BY x.account, x.src_ip ORDER BY x.time, x.event)
            > g.value THEN 1 ELSE 0 END AS begins
    FROM w_access AS x
    CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'gap_ticks') AS g) AS a;
CREATE TEMP TABLE w_session AS
SELECT account AS account, src_ip AS src_ip, session AS session,
    MIN(event) AS first_event, MIN(time) AS first_time,
    MAX(time_end) AS last_time, COUNT(*) AS requests,
    MAX(CASE WHEN tool IN ('Storage Explorer',
        'Storage Explorer (embedded AzCopy)') THEN 1 ELSE 0 END) AS agent,
    MAX(CASE WHEN action = 'list-containers' THEN 1 ELSE 0 END)
        AS lists_containers,
    MAX(CASE WHEN action = 'list-blobs' THEN 1 ELSE 0 END) AS lists_blobs,
    MAX(CASE WHEN action = 'properties' THEN 1 ELSE 0 END) AS properties,
    MAX(CASE WHEN action = 'read' THEN 1 ELSE 0 END) AS reads,
    COUNT(DISTINCT auth) AS auths,
    SUM(CASE WHEN action = 'read' THEN bytes_read ELSE 0 END) AS bytes_read
FROM w_session_use GROUP BY account, src_ip, session;
CREATE TEMP TABLE w_explorer AS
SELECT ROW_NUMBER() OVER (ORDER BY first_time, first_event) AS finding,
    account AS account, src_ip AS src_ip, session AS session,
    first_time AS first_time, last_time AS last_time, requests AS requests,
    agent AS agent, lists_containers AS lists_containers,
    lists_blobs AS lists_blobs, properties AS properties, reads AS reads,
    auths AS auths, bytes_read AS bytes_read
FROM w_session
WHERE lists_containers = 1
    AND agent + lists_blobs + properties + reads + CASE WHEN auths > 1 THEN 1
        ELSE 0 END >= 3;

SELECT x.finding AS finding, 'session' AS link, x.account AS account,
    x.src_ip AS address, x.first_time AS first_time, x.last_time AS last_time,
    x.requests AS requests, x.bytes_read AS bytes_read,
    CASE WHEN x.agent = 1 THEN 'yes' ELSE 'no' END
        AS agent_string_of_storage_explorer,
    CASE WHEN x.lists_containers = 1 THEN 'yes' ELSE 'no' END
        AS containers_listed,
    CASE WHEN x.lists_blobs = 1 THEN 'yes' ELSE 'no' END AS blobs_listed,
    CASE WHEN x.properties = 1 THEN 'yes' ELSE 'no' END AS properties_read,
    CASE WHEN x.reads = 1 THEN 'yes' ELSE 'no' END AS objects_read,
    CASE WHEN x.auths > 1 THEN 'yes' ELSE 'no' END
        AS credential_changed_within,
    CASE WHEN n.since IS NULL THEN 'no' ELSE 'yes' END
        AS address_new_to_account
FROM w_explorer AS x
LEFT JOIN w_new_address AS n ON n.account = x.account AND n.src_ip = x.src_ip
ORDER BY x.finding;

SELECT x.finding AS finding, 'session' AS link, u.event AS event
FROM w_explorer AS x
JOIN w_session_use AS u ON u.account = x.account AND u.src_ip = x.src_ip
    AND u.session = x.session
JOIN w_new_address AS n ON n.account = x.account AND n.src_ip = x.src_ip
ORDER BY x.finding, u.time, u.event;
