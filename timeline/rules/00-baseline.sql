-- id: baseline
-- title: What was usual, and what was seen for the first time
-- question: Which addresses and SAS signatures does an account see for the
--   first time, against which baseline?
-- work: prepares tables for the other rules and finds nothing itself
-- param: warmup_ticks = 864000000000: how long the records are taken as known when
--   no baseline is given (24 h from the first); where they span less than four
--   days, half of it; less than two, a quarter
-- param: half_ticks = 432000000000: half of it
-- param: quarter_ticks = 216000000000: a quarter of it
-- param: window_ticks = 2592000000000: how long something first seen counts as
--   new (72 h)
-- param: gap_ticks = 18000000000: pause that ends a session (30 min)

-- The baseline: as given, or the first day of the records.  A thing is known if
-- it was seen in it; anything else is new from its first sight on.
CREATE TEMP TABLE w_base AS
SELECT CASE WHEN x.explicit = 1 THEN x.given_from ELSE s.first_time END
        AS from_time,
    CASE WHEN x.explicit = 1 THEN x.given_to
        WHEN s.last_time - s.first_time >= 4 * 24 * 36000000000 - 36000000000
        THEN s.first_time + w.value
        WHEN s.last_time - s.first_time >= 2 * 24 * 36000000000 - 36000000000
        THEN s.first_time + h.value
        ELSE s.first_time + q.value END AS to_time,
    x.explicit AS explicit,
    s.first_time AS first_time, s.last_time AS last_time
FROM (SELECT MIN(time) AS first_time, MAX(time) AS last_time FROM event
        WHERE time IS NOT NULL AND source <> 'package') AS s
CROSS JOIN (SELECT MAX(CASE WHEN name = 'baseline_explicit' THEN value ELSE 0
            END) AS explicit,
        MAX(CASE WHEN name = 'baseline_from' THEN value ELSE 0 END)
            AS given_from,
        MAX(CASE WHEN name = 'baseline_to' THEN value ELSE 0 END) AS given_to
        FROM param WHERE rule = 'case') AS x
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'warmup_ticks') AS w
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'half_ticks') AS h
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'quarter_ticks') AS q;

-- Storage requests, one row each, without the collector's own.
CREATE TEMP TABLE w_access AS
SELECT e.id AS event, e.time AS time,
    CASE WHEN e.time_end IS NULL THEN e.time ELSE e.time_end END AS time_end,
    e.account AS account, e.src_ip AS src_ip,
    COALESCE(e.src_port, 0) AS src_port,
    CASE WHEN e.sas_hash IS NOT NULL THEN e.sas_hash
        WHEN e.key_hash IS NOT NULL THEN e.key_hash
        WHEN e.actor IS NOT NULL THEN e.actor
        ELSE '(none)' END AS credential,
    COALESCE(e.key_hash, '') AS key_hash,
    COALESCE(e.sas_hash, '') AS sas_hash,
    COALESCE(e.auth, '') AS auth, COALESCE(e.tool, '') AS tool,
    e.action AS action, COALESCE(e.outcome, '') AS outcome,
    COALESCE(e.container, '') AS container, COALESCE(e.object, '') AS object,
    COALESCE(e.bytes_read, 0) AS bytes_read,
    COALESCE(e.user_agent, '') AS agent, COALESCE(e.sas_sr, '') AS sas_sr,
    CASE WHEN e.range_first IS NULL THEN 0 ELSE 1 END AS ranged,
    CASE WHEN e.operation IN ('CopyBlobSource', 'CopyFileSource')
            AND e.outcome IN ('success', 'accepted') THEN 1
        ELSE 0 END AS copied,
    CASE WHEN e.action = 'read' AND e.outcome = 'success' THEN 1
        WHEN e.operation IN ('CopyBlobSource', 'CopyFileSource')
            AND e.outcome IN ('success', 'accepted') THEN 1
        ELSE 0 END AS taken
FROM event AS e
WHERE e.source IN ('storage', 'storage-classic', 'la-storage')
    AND e.time IS NOT NULL AND e.account IS NOT NULL AND e.src_ip IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0;
CREATE INDEX w_access_account ON w_access (account, src_ip, time);

-- Every sight of an address, as a storage caller or in the activity log.
CREATE TEMP TABLE w_address AS
SELECT t.src_ip AS src_ip, MIN(t.time) AS first_time,
    SUM(CASE WHEN t.time >= b.from_time AND t.time < b.to_time THEN 1 ELSE 0
        END) AS in_baseline
FROM (SELECT src_ip, time FROM w_access
    UNION ALL
    SELECT src_ip, time FROM event
    WHERE source IN ('activity', 'la-activity') AND src_ip IS NOT NULL
        AND time IS NOT NULL) AS t
CROSS JOIN w_base AS b
GROUP BY t.src_ip;

-- Addresses new to an account, and not long known elsewhere either.
CREATE TEMP TABLE w_new_address AS
SELECT u.account AS account, u.src_ip AS src_ip, u.first_time AS since,
    a.first_time AS seen_first
FROM (SELECT account, src_ip, MIN(time) AS first_time FROM w_access
        GROUP BY account, src_ip) AS u
JOIN w_address AS a ON a.src_ip = u.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'window_ticks') AS w
WHERE a.in_baseline = 0 AND u.first_time - a.first_time <= w.value;

-- SAS signatures new to an account.
CREATE TEMP TABLE w_new_sas AS
SELECT u.account AS account, u.sas_hash AS sas_hash, u.first_time AS since
FROM (SELECT a.account AS account, a.sas_hash AS sas_hash,
        MIN(a.time) AS first_time,
        SUM(CASE WHEN a.time >= b.from_time AND a.time < b.to_time THEN 1
            ELSE 0 END) AS in_baseline
    FROM w_access AS a CROSS JOIN w_base AS b
    WHERE a.sas_hash <> ''
    GROUP BY a.account, a.sas_hash) AS u
WHERE u.in_baseline = 0;

-- Programs new to a key: an agent string with which an address that is known
-- used no key of the account in the baseline.  Nothing else tells them from the
-- others who share the key; the string is the client's own word.  When a key is made
-- anew all hashes are, so it is the client that is compared, and not the hash.
CREATE TEMP TABLE w_new_client AS
SELECT ROW_NUMBER() OVER (ORDER BY u.first_time, u.account, u.src_ip, u.key_hash,
        u.agent) AS client,
    u.account AS account, u.src_ip AS src_ip, u.key_hash AS key_hash,
    u.agent AS agent, u.first_time AS since
FROM (SELECT c.account AS account, c.src_ip AS src_ip, c.key_hash AS key_hash,
        c.agent AS agent, c.first_time AS first_time,
        SUM(c.in_baseline) OVER (PARTITION BY c.account, c.src_ip, c.agent)
            AS in_baseline
    FROM (SELECT a.account AS account, a.src_ip AS src_ip,
            a.key_hash AS key_hash, a.agent AS agent, MIN(a.time) AS first_time,
            SUM(CASE WHEN a.time >= b.from_time AND a.time < b.to_time THEN 1
                ELSE 0 END) AS in_baseline
        FROM w_access AS a CROSS JOIN w_base AS b
        WHERE a.auth = 'account-key' AND a.key_hash <> '' AND a.sas_hash = ''
        GROUP BY a.account, a.src_ip, a.key_hash, a.agent) AS c) AS u
WHERE u.in_baseline = 0;

-- Uses by something new: by a new SAS at any time, from a new address while it
-- counts as new, or else by a new program with a key.
CREATE TEMP TABLE w_use AS
SELECT a.event AS event, a.time AS time, a.time_end AS time_end,
    a.account AS account, a.src_ip AS src_ip, a.src_port AS src_port,
    a.credential AS credential, a.key_hash AS key_hash, a.auth AS auth,
    a.tool AS tool, a.action AS action, a.outcome AS outcome,
    a.container AS container, a.object AS object, a.bytes_read AS bytes_read,
    a.agent AS agent, a.copied AS copied, a.taken AS taken,
    CASE WHEN n.since IS NOT NULL AND a.time <= n.since + w.value
        THEN a.src_ip ELSE '' END AS new_address,
    CASE WHEN s.since IS NOT NULL THEN a.sas_hash ELSE '' END AS new_sas,
    CASE WHEN n.since IS NULL THEN COALESCE(c.client, 0) ELSE 0 END
        AS new_client
FROM w_access AS a
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'window_ticks') AS w
LEFT JOIN w_new_address AS n ON n.account = a.account AND n.src_ip = a.src_ip
LEFT JOIN w_new_sas AS s ON s.account = a.account AND s.sas_hash = a.sas_hash
LEFT JOIN w_new_client AS c ON c.account = a.account AND c.src_ip = a.src_ip
    AND c.key_hash = a.key_hash AND c.agent = a.agent
    AND a.auth = 'account-key';
DELETE FROM w_use WHERE new_address = '' AND new_sas = '' AND new_client = 0;

-- Threads: uses of one account that hang together by a new address or a new
-- SAS.  Nothing is joined over a known address or over the key itself, which
-- every application may share.  A thread's number is the smallest of its
-- parts'; four rounds reach SAS - address - SAS - address.  A new program with a
-- key is a thread of its own.
CREATE TEMP TABLE w_node AS
SELECT ROW_NUMBER() OVER (ORDER BY t.since, t.kind, t.account, t.text) AS label,
    t.kind AS kind, t.account AS account, t.text AS text
FROM (SELECT 0 AS kind, account, src_ip AS text, since FROM w_new_address
    UNION ALL
    SELECT 1 AS kind, account, sas_hash AS text, since FROM w_new_sas) AS t;
CREATE TEMP TABLE w_edge AS
SELECT DISTINCT a.label AS a, s.label AS s
FROM (SELECT DISTINCT account, new_address, new_sas FROM w_use
    WHERE new_address <> '' AND new_sas <> '') AS u
JOIN w_node AS a ON a.kind = 0 AND a.account = u.account
    AND a.text = u.new_address
JOIN w_node AS s ON s.kind = 1 AND s.account = u.account
    AND s.text = u.new_sas;
CREATE TEMP TABLE w_s1 AS
SELECT s AS node, MIN(CASE WHEN a < s THEN a ELSE s END) AS label
FROM w_edge GROUP BY s;
CREATE TEMP TABLE w_a1 AS
SELECT e.a AS node, MIN(CASE WHEN l.label < e.a THEN l.label ELSE e.a END)
    AS label
FROM w_edge AS e JOIN w_s1 AS l ON l.node = e.s GROUP BY e.a;
CREATE TEMP TABLE w_s2 AS
SELECT e.s AS node, MIN(l.label) AS label
FROM w_edge AS e JOIN w_a1 AS l ON l.node = e.a GROUP BY e.s;
CREATE TEMP TABLE w_a2 AS
SELECT e.a AS node, MIN(l.label) AS label
FROM w_edge AS e JOIN w_s2 AS l ON l.node = e.s GROUP BY e.a;
CREATE TEMP TABLE w_s3 AS
SELECT e.s AS node, MIN(l.label) AS label
FROM w_edge AS e JOIN w_a2 AS l ON l.node = e.a GROUP BY e.s;
CREATE TEMP TABLE w_part AS
SELECT n.kind AS kind, n.account AS account, n.text AS text,
    CASE WHEN a.label IS NOT NULL THEN a.label
        WHEN s.label IS NOT NULL THEN s.label
        ELSE n.label END AS thread
FROM w_node AS n
LEFT JOIN w_a2 AS a ON a.node = n.label
LEFT JOIN w_s3 AS s ON s.node = n.label;
CREATE INDEX w_part_text ON w_part (kind, account, text);

CREATE TEMP TABLE w_thread_use AS
SELECT CASE WHEN p.thread IS NULL THEN o.nodes + u.new_client ELSE p.thread END
        AS thread, u.event AS event, u.time AS time,
    u.time_end AS time_end, u.account AS account, u.src_ip AS src_ip,
    u.src_port AS src_port, u.credential AS credential,
    u.key_hash AS key_hash, u.auth AS auth, u.tool AS tool,
    u.action AS action, u.outcome AS outcome, u.container AS container,
    u.object AS object, u.bytes_read AS bytes_read, u.agent AS agent,
    u.copied AS copied, u.taken AS taken,
    u.new_address AS new_address, u.new_sas AS new_sas,
    CASE WHEN p.thread IS NULL THEN u.new_client ELSE 0 END AS new_client
FROM w_use AS u
CROSS JOIN (SELECT COUNT(*) AS nodes FROM w_node) AS o
LEFT JOIN w_part AS p ON p.account = u.account
    AND p.kind = CASE WHEN u.new_sas <> '' THEN 1 ELSE 0 END
    AND p.text = CASE WHEN u.new_sas <> '' THEN u.new_sas ELSE u.new_address
        END;
CREATE INDEX w_thread_use_thread ON w_thread_use (thread, src_ip);

CREATE TEMP TABLE w_first_use AS
SELECT o.thread AS thread, o.event AS event
FROM (SELECT thread AS thread, event AS event,
        ROW_NUMBER() OVER (PARTITION BY thread ORDER BY time, event) AS place
    FROM w_thread_use) AS o
WHERE o.place = 1;

-- What each thread amounts to.  Objects and bytes are totals of their own.
CREATE TEMP TABLE w_thread AS
SELECT t.thread AS thread, t.account AS account, t.first_time AS first_time,
    t.last_time AS last_time, f.event AS first_event,
    t.requests AS requests, t.reads AS reads, t.bytes_read AS bytes_read,
    t.container_lists AS container_lists, t.blob_lists AS blob_lists,
    t.properties AS properties, t.key_requests AS key_requests,
    t.signed_by_key AS signed_by_key, t.key_hash AS key_hash,
    t.new_address_requests AS new_address_requests, t.copies AS copies,
    t.clients AS clients, COALESCE(o.objects, 0) AS objects
FROM (SELECT thread AS thread, MIN(account) AS account,
        MIN(time) AS first_time, MAX(time_end) AS last_time,
        COUNT(*) AS requests,
        SUM(CASE WHEN action = 'read' THEN 1 ELSE 0 END) AS reads,
        SUM(bytes_read * CASE WHEN action = 'read' THEN 1 ELSE 0 END)
            AS bytes_read,
        SUM(CASE WHEN action = 'list-containers' THEN 1 ELSE 0 END)
            AS container_lists,
        SUM(CASE WHEN action = 'list-blobs' THEN 1 ELSE 0 END) AS blob_lists,
        SUM(CASE WHEN action = 'properties' THEN 1 ELSE 0 END) AS properties,
        SUM(CASE WHEN auth = 'account-key' THEN 1 ELSE 0 END) AS key_requests,
        SUM(CASE WHEN key_hash <> '' THEN 1 ELSE 0 END) AS signed_by_key,
        MAX(key_hash) AS key_hash,
        SUM(CASE WHEN new_address <> '' THEN 1 ELSE 0 END)
            AS new_address_requests, SUM(copied) AS copies,
        MAX(CASE WHEN new_client > 0 THEN 1 ELSE 0 END) AS clients
    FROM w_thread_use GROUP BY thread) AS t
JOIN w_first_use AS f ON f.thread = t.thread
LEFT JOIN (SELECT thread AS thread, COUNT(*) AS objects
    FROM (SELECT DISTINCT thread, container, object FROM w_thread_use
        WHERE taken = 1) AS d
    GROUP BY thread) AS o ON o.thread = t.thread;

-- What one credential reads: a SAS all in all, a key or identity by session and
-- address.  "Browsed" tells credentials that follow somebody's look through the
-- containers from those of programs, which are not compared with one another.
CREATE TEMP TABLE w_visit_use AS
SELECT a.account AS account, a.credential AS credential, a.src_ip AS src_ip,
    a.sas_hash AS sas_hash, a.time AS time, a.action AS action,
    a.outcome AS outcome, a.container AS container, a.object AS object,
    a.bytes_read AS bytes_read,
    CASE WHEN a.sas_hash <> '' THEN 0 ELSE
        SUM(a.begins) OVER (PARTITION BY a.account, a.credential, a.src_ip
            ORDER BY a.time, a.event
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS session
FROM (SELECT x.account, x.credential, x.src_ip, x.sas_hash, x.time, x.event,
        x.action, x.outcome, x.container, x.object, x.bytes_read,
        CASE WHEN x.time - LAG(x.time, 1, -9000000000000000000) OVER
            (PARTITION BY x.account, x.credential, x.src_ip
            ORDER BY x.time, x.event) > g.value THEN 1 ELSE 0 END AS begins
    FROM w_access AS x
    CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
        AND name = 'gap_ticks') AS g) AS a;
CREATE TEMP TABLE w_visit AS
SELECT t.account AS account, t.credential AS credential, t.place AS place,
    t.session AS session, t.first_time AS first_time, t.first_ip AS first_ip,
    t.bytes_read AS bytes_read, COALESCE(o.objects, 0) AS objects,
    t.container_lists AS container_lists
FROM (SELECT account AS account, credential AS credential,
        CASE WHEN sas_hash <> '' THEN '' ELSE src_ip END AS place,
        session AS session, MIN(time) AS first_time, MIN(src_ip) AS first_ip,
        SUM(bytes_read * CASE WHEN action = 'read' THEN 1 ELSE 0 END)
            AS bytes_read,
        SUM(CASE WHEN action = 'list-containers' THEN 1 ELSE 0 END)
            AS container_lists
    FROM w_visit_use
    GROUP BY account, credential,
        CASE WHEN sas_hash <> '' THEN '' ELSE src_ip END, session) AS t
LEFT JOIN (SELECT d.account AS account, d.credential AS credential,
        d.place AS place, d.session AS session, COUNT(*) AS objects
    FROM (SELECT DISTINCT account, credential,
            CASE WHEN sas_hash <> '' THEN '' ELSE src_ip END AS place,
            session, container, object
        FROM w_visit_use WHERE action = 'read' AND outcome = 'success') AS d
    GROUP BY d.account, d.credential, d.place, d.session) AS o
    ON o.account = t.account AND o.credential = t.credential
    AND o.place = t.place AND o.session = t.session;
CREATE TEMP TABLE w_look AS
SELECT account, src_ip, time FROM w_access WHERE action = 'list-containers';
CREATE INDEX w_look_account ON w_look (account, src_ip, time);
CREATE TEMP TABLE w_visit_class AS
SELECT v.account AS account, v.credential AS credential, v.place AS place,
    v.session AS session, v.first_time AS first_time, v.first_ip AS first_ip,
    v.bytes_read AS bytes_read, v.objects AS objects,
    CASE WHEN v.container_lists > 0 OR COUNT(k.time) > 0 THEN 1 ELSE 0 END
        AS browsed
FROM w_visit AS v
LEFT JOIN w_look AS k ON k.account = v.account AND k.src_ip = v.first_ip
    AND k.time <= v.first_time AND k.time > v.first_time - 144000000000
GROUP BY v.account, v.credential, v.place, v.session, v.first_time,
    v.first_ip, v.bytes_read, v.objects, v.container_lists;
