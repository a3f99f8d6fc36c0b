-- id: credential-lineage
-- title: Which SAS a key signed, and who used what by them
-- question: For each key: the SAS it signed, the addresses and agents that used them,
--   and the objects and bytes they read?
-- attack: T1078.004, T1528
-- ms-threat: MS-T806, MS-T814, MS-T815
-- link: key: the totals of one key of one account; nothing is judged
-- link: sas: one SAS that is new to the account and was used more than twice, by bytes
--   read; all others are counted with the key, and the first request of each is a row
-- rests-on: the hash of the key that stands in each record beside the hash of the
--   SAS it signed
-- alternative: a key is shared by every application that was given it; the lineage
--   says which credential came from which, not who holds it
-- contradiction: the key was made anew: all hashes change with it, and a client that
--   goes on is the same client under another hash
CREATE TEMP TABLE w_lineage AS
SELECT ROW_NUMBER() OVER (ORDER BY t.account, t.key_hash) AS finding,
    t.account AS account, t.key_hash AS key_hash, t.first_time AS first_time,
    t.last_time AS last_time, t.requests AS requests, t.by_key AS by_key,
    t.sas AS sas, t.addresses AS addresses, t.agents AS agents,
    t.bytes_read AS bytes_read
FROM (SELECT account AS account, key_hash AS key_hash, MIN(time) AS first_time,
        MAX(time) AS last_time, COUNT(*) AS requests,
        SUM(CASE WHEN sas_hash = '' THEN 1 ELSE 0 END) AS by_key,
        COUNT(DISTINCT CASE WHEN sas_hash <> '' THEN sas_hash END) AS sas,
        COUNT(DISTINCT src_ip) AS addresses, COUNT(DISTINCT agent) AS agents,
        SUM(CASE WHEN action = 'read' THEN bytes_read ELSE 0 END) AS bytes_read
    FROM w_access WHERE key_hash <> ''
    GROUP BY account, key_hash) AS t;
CREATE TEMP TABLE w_lineage_sas AS
SELECT a.account AS account, a.key_hash AS key_hash, a.sas_hash AS sas_hash,
    MIN(a.time) AS first_time, MAX(a.time) AS last_time,
    COUNT(*) AS requests, COUNT(DISTINCT a.src_ip) AS addresses,
    COUNT(DISTINCT a.agent) AS agents, SUM(a.copied) AS copies,
    SUM(CASE WHEN a.action = 'read' THEN a.bytes_read ELSE 0 END) AS bytes_read
FROM w_access AS a
JOIN w_new_sas AS n ON n.account = a.account AND n.sas_hash = a.sas_hash
WHERE a.key_hash <> ''
GROUP BY a.account, a.key_hash, a.sas_hash;
CREATE TEMP TABLE w_lineage_objects AS
SELECT d.account AS account, d.sas_hash AS sas_hash, COUNT(*) AS objects
FROM (SELECT DISTINCT account, sas_hash, container, object FROM w_access
    WHERE taken = 1 AND sas_hash <> '') AS d
GROUP BY d.account, d.sas_hash;

SELECT l.finding AS finding, 'key' AS link, l.account AS account,
    l.key_hash AS key_hash, l.first_time AS first_time, l.last_time AS last_time,
    l.requests AS requests, l.by_key AS requests_by_the_key_itself,
    l.sas AS sas_it_signed, COALESCE(n.sas, 0) AS of_these_new_to_the_account,
    l.addresses AS addresses, l.agents AS agent_strings,
    l.bytes_read AS bytes_read
FROM w_lineage AS l
LEFT JOIN (SELECT account, key_hash, COUNT(*) AS sas FROM w_lineage_sas
    GROUP BY account, key_hash) AS n
    ON n.account = l.account AND n.key_hash = l.key_hash
ORDER BY l.finding;

SELECT l.finding AS finding, 'sas' AS link, s.sas_hash AS sas_hash,
    s.first_time AS first_time, s.last_time AS last_time,
    s.requests AS requests, s.addresses AS addresses,
    s.agents AS agent_strings, COALESCE(o.objects, 0) AS objects,
    s.copies AS copies_by_the_service, s.bytes_read AS bytes_read
FROM w_lineage AS l
JOIN w_lineage_sas AS s ON s.account = l.account AND s.key_hash = l.key_hash
LEFT JOIN w_lineage_objects AS o ON o.account = s.account
    AND o.sas_hash = s.sas_hash
WHERE s.requests > 2
ORDER BY l.finding, s.bytes_read DESC, s.sas_hash;

SELECT l.finding AS finding, 'sas' AS link, 'context' AS role,
    f.event AS event
FROM w_lineage AS l
JOIN (SELECT a.account AS account, a.key_hash AS key_hash, MIN(a.event) AS event
    FROM w_access AS a
    JOIN w_new_sas AS n ON n.account = a.account AND n.sas_hash = a.sas_hash
        AND n.since = a.time
    GROUP BY a.account, a.key_hash, a.sas_hash) AS f
    ON f.account = l.account AND f.key_hash = l.key_hash
ORDER BY l.finding, f.event;
