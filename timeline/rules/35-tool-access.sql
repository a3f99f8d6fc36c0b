-- id: tool-access
-- title: Sessions in the manner of known tools
-- question: Which tools do the agent strings of a session from a new address name, and
--   which patterns of requests does it show?
-- attack: T1619, T1530
-- ms-threat: MS-T820, MS-T832
-- param: requests = 3: shorter sessions are not described
-- link: session: the requests of one address, new to the account or anonymous, on one
--   account, no more than 30 min apart
-- link: az-cli: containers or blobs listed, and properties asked for before reads
-- link: azcopy: blobs listed, ranges read, several ports at once, no containers listed
-- link: rclone: containers and blobs listed, whole objects read, several ports at once
-- link: browser: objects read by a SAS for one object each, nothing listed
-- link: powershell: the agent string only; no pattern of its own is known
-- link: microburst: containers asked for or listed without a credential; what was
--   guessed and is not there is not logged, so only hits appear
-- rests-on: the agent string, which is what the client says, and, apart from it, the
--   order and kind of the requests; conditions are listed, not scored
-- alternative: any program can send any agent string, and several programs have one
--   pattern: this describes a string and a pattern, it identifies nothing
-- contradiction: the same address shows the same pattern in the baseline
CREATE TEMP TABLE w_tool_use AS
SELECT u.account AS account, u.src_ip AS src_ip, u.session AS session,
    u.event AS event, u.time AS time, a.action AS action, a.tool AS tool,
    a.src_port AS src_port, a.sas_hash AS sas_hash, a.sas_sr AS sas_sr,
    a.auth AS auth, a.ranged AS ranged, a.taken AS taken,
    a.container AS container, a.outcome AS outcome,
    CASE WHEN a.action = 'read' AND LAG(a.action, 1, '') OVER (PARTITION BY
        u.account, u.src_ip, u.session ORDER BY u.time, u.event) = 'properties'
        AND LAG(a.object, 1, '') OVER (PARTITION BY u.account, u.src_ip,
        u.session ORDER BY u.time, u.event) = a.object
        THEN 1 ELSE 0 END AS looked_at_before
FROM w_session_use AS u
JOIN w_access AS a ON a.event = u.event;
CREATE TEMP TABLE w_tool AS
SELECT ROW_NUMBER() OVER (ORDER BY t.first_time, t.first_event) AS finding,
    t.account AS account, t.src_ip AS src_ip, t.session AS session,
    t.first_time AS first_time, t.last_time AS last_time,
    t.requests AS requests, t.tools AS tools, t.tool AS tool,
    t.last_tool AS last_tool, t.containers_listed AS containers_listed,
    t.blobs_listed AS blobs_listed, t.reads AS reads, t.ranged AS ranged,
    t.ports AS ports, t.looked_at AS looked_at, t.sas AS sas,
    t.object_sas AS object_sas, t.anonymous AS anonymous,
    t.container_hits AS container_hits, t.denied AS denied, t.cli AS cli,
    t.azcopy AS azcopy, t.rclone AS rclone, t.browser AS browser,
    t.powershell AS powershell
FROM (SELECT account AS account, src_ip AS src_ip, session AS session,
        MIN(time) AS first_time, MAX(time) AS last_time,
        MIN(event) AS first_event, COUNT(*) AS requests,
        COUNT(DISTINCT tool) AS tools, MIN(tool) AS tool, MAX(tool) AS last_tool,
        SUM(CASE WHEN action = 'list-containers' THEN 1 ELSE 0 END)
            AS containers_listed,
        SUM(CASE WHEN action = 'list-blobs' THEN 1 ELSE 0 END) AS blobs_listed,
        SUM(CASE WHEN action = 'read' THEN 1 ELSE 0 END) AS reads,
        SUM(CASE WHEN action = 'read' THEN ranged ELSE 0 END) AS ranged,
        COUNT(DISTINCT src_port) AS ports, SUM(looked_at_before) AS looked_at,
        COUNT(DISTINCT CASE WHEN sas_hash <> '' THEN sas_hash END) AS sas,
        COUNT(DISTINCT CASE WHEN sas_sr = 'b' THEN sas_hash END) AS object_sas,
        SUM(CASE WHEN auth = 'anonymous' THEN 1 ELSE 0 END) AS anonymous,
        COUNT(DISTINCT CASE WHEN auth = 'anonymous' AND container <> '$web'
            AND action IN ('list-blobs', 'properties') THEN container END)
            AS container_hits,
        SUM(CASE WHEN outcome = 'denied' THEN 1 ELSE 0 END) AS denied,
        MAX(CASE WHEN tool IN ('Azure CLI',
            'Azure CLI (Cloud Shell)') THEN 1 ELSE 0 END) AS cli,
        MAX(CASE WHEN tool = 'AzCopy' THEN 1 ELSE 0 END) AS azcopy,
        MAX(CASE WHEN tool = 'rclone' THEN 1 ELSE 0 END) AS rclone,
        MAX(CASE WHEN tool IN ('browser', 'browser (portal)') THEN 1 ELSE 0 END)
            AS browser,
        MAX(CASE WHEN tool IN ('Azure PowerShell', 'PowerShell web request')
            THEN 1 ELSE 0 END) AS powershell
    FROM w_tool_use GROUP BY account, src_ip, session) AS t
LEFT JOIN w_new_address AS n ON n.account = t.account AND n.src_ip = t.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'tool-access'
    AND name = 'requests') AS p
WHERE t.requests >= p.value AND (n.since IS NOT NULL OR t.container_hits > 0);

SELECT t.finding AS finding, 'session' AS link, t.account AS account,
    t.src_ip AS address, t.first_time AS first_time, t.last_time AS last_time,
    t.requests AS requests, t.tools AS kinds_of_agent_string,
    t.tool AS agent_strings_look_like,
    CASE WHEN t.last_tool <> t.tool THEN t.last_tool END AS and_like,
    t.denied AS requests_denied
FROM w_tool AS t ORDER BY t.finding;

SELECT t.finding AS finding, 'az-cli' AS link,
    CASE WHEN t.cli = 1 THEN 'yes' ELSE 'no' END AS agent_string,
    CASE WHEN t.containers_listed + t.blobs_listed > 0 THEN 'yes' ELSE 'no' END
        AS containers_or_blobs_listed,
    t.looked_at AS reads_after_properties_of_the_same_object, t.reads AS reads
FROM w_tool AS t WHERE t.cli = 1
    OR t.reads > 1 AND t.looked_at * 2 > t.reads ORDER BY t.finding;
SELECT t.finding AS finding, 'azcopy' AS link,
    CASE WHEN t.azcopy = 1 THEN 'yes' ELSE 'no' END AS agent_string,
    CASE WHEN t.blobs_listed > 0 THEN 'yes' ELSE 'no' END AS blobs_listed,
    CASE WHEN t.containers_listed = 0 THEN 'yes' ELSE 'no' END
        AS no_containers_listed,
    t.ranged AS reads_of_a_range, t.reads AS reads, t.ports AS ports
FROM w_tool AS t WHERE t.azcopy = 1 OR t.containers_listed = 0
    AND t.blobs_listed > 0 AND t.ranged > 0 AND t.ports > 1 ORDER BY t.finding;
SELECT t.finding AS finding, 'rclone' AS link,
    CASE WHEN t.rclone = 1 THEN 'yes' ELSE 'no' END AS agent_string,
    CASE WHEN t.containers_listed > 0 THEN 'yes' ELSE 'no' END
        AS containers_listed,
    CASE WHEN t.blobs_listed > 0 THEN 'yes' ELSE 'no' END AS blobs_listed,
    t.reads - t.ranged AS reads_of_whole_objects, t.reads AS reads,
    t.ports AS ports
FROM w_tool AS t WHERE t.rclone = 1 OR t.containers_listed > 0
    AND t.blobs_listed > 0 AND t.reads > 1 AND t.ranged = 0 AND t.ports > 1
ORDER BY t.finding;
SELECT t.finding AS finding, 'browser' AS link,
    CASE WHEN t.browser = 1 THEN 'yes' ELSE 'no' END AS agent_string,
    CASE WHEN t.containers_listed + t.blobs_listed = 0 THEN 'yes' ELSE 'no' END
        AS nothing_listed,
    t.object_sas AS sas_for_one_object, t.sas AS sas_used, t.reads AS reads
FROM w_tool AS t WHERE t.browser = 1 OR t.containers_listed + t.blobs_listed = 0
    AND t.object_sas > 0 AND t.object_sas = t.sas AND t.reads > 0
ORDER BY t.finding;
SELECT t.finding AS finding, 'powershell' AS link, 'yes' AS agent_string,
    'none is known' AS pattern
FROM w_tool AS t WHERE t.powershell = 1 ORDER BY t.finding;
SELECT t.finding AS finding, 'microburst' AS link,
    CASE WHEN t.powershell = 1 THEN 'yes' ELSE 'no' END
        AS agent_string_of_a_powershell_web_request,
    t.container_hits AS containers_found_without_a_credential,
    t.anonymous AS anonymous_requests
FROM w_tool AS t WHERE t.container_hits > 0 ORDER BY t.finding;

SELECT t.finding AS finding, 'session' AS link, u.event AS event
FROM w_tool AS t
JOIN w_tool_use AS u ON u.account = t.account AND u.src_ip = t.src_ip
    AND u.session = t.session
ORDER BY t.finding, u.time, u.event;
