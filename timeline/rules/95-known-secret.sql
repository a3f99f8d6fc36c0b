-- id: known-secret
-- title: Requests with a secret that is known to be lost
-- question: Given a SAS or an account key, which requests used it, from where, and
--   what did they read?
-- attack: T1078.004, T1530
-- ms-threat: MS-T814, MS-T815
-- param: rows = 20: rows of the table of addresses; it says of how many
-- link: secret: one secret of --known-secret-file, named by its line there; both forms
--   that may have been hashed, and which of them the logs carry
-- link: address: the addresses that used it, by bytes read
-- rests-on: the hash of the secret, made here, equals the one that the service logged;
--   it is SHA-256, so that another secret with the same hash is out of the question
-- rests-on: a request by a SAS carries the hash of the key that signed it as well
-- alternative: the one it was made for used it, and so may everyone it was given to
-- alternative: no request carries it because reads or writes were not logged, or
--   because it failed: a SAS that is not valid counts as anonymous and is not logged
-- contradiction: the owner of the secret knows the address and the time
CREATE TEMP TABLE w_known_use AS
SELECT k.secret AS secret, k.input AS input, e.id AS event, e.time AS time,
    COALESCE(e.account, '') AS account, COALESCE(e.src_ip, '') AS src_ip,
    COALESCE(e.user_agent, '') AS agent,
    CASE WHEN e.sas_hash IS NULL THEN 0 ELSE 1 END AS by_sas,
    CASE WHEN e.action = 'read' AND e.outcome = 'success' THEN 1 ELSE 0 END
        AS taken,
    COALESCE(e.container, '') AS container, COALESCE(e.object, '') AS object,
    CASE WHEN e.action = 'read' THEN COALESCE(e.bytes_read, 0) ELSE 0 END
        AS bytes_read
FROM known_secret AS k JOIN event AS e ON e.sas_hash = k.hash
WHERE k.kind = 'SAS' AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0
UNION ALL
SELECT k.secret AS secret, k.input AS input, e.id AS event, e.time AS time,
    COALESCE(e.account, '') AS account, COALESCE(e.src_ip, '') AS src_ip,
    COALESCE(e.user_agent, '') AS agent,
    CASE WHEN e.sas_hash IS NULL THEN 0 ELSE 1 END AS by_sas,
    CASE WHEN e.action = 'read' AND e.outcome = 'success' THEN 1 ELSE 0 END
        AS taken,
    COALESCE(e.container, '') AS container, COALESCE(e.object, '') AS object,
    CASE WHEN e.action = 'read' THEN COALESCE(e.bytes_read, 0) ELSE 0 END
        AS bytes_read
FROM known_secret AS k JOIN event AS e ON e.key_hash = k.hash
WHERE k.kind = 'account key' AND e.time IS NOT NULL
    AND COALESCE(e.collector_footprint, 0) = 0;
CREATE TEMP TABLE w_known_total AS
SELECT secret AS secret, MIN(input) AS input, COUNT(*) AS requests,
    SUM(by_sas) AS by_sas,
    COUNT(DISTINCT account) AS accounts, COUNT(DISTINCT src_ip) AS addresses,
    COUNT(DISTINCT agent) AS agents, MIN(time) AS first_time,
    MAX(time) AS last_time, SUM(bytes_read) AS bytes_read
FROM w_known_use GROUP BY secret;
CREATE TEMP TABLE w_known_objects AS
SELECT d.secret AS secret, COUNT(*) AS objects
FROM (SELECT DISTINCT secret, account, container, object FROM w_known_use
    WHERE taken = 1) AS d
GROUP BY d.secret;

SELECT k.secret AS finding, 'secret' AS link, k.kind AS kind,
    CASE WHEN t.input IS NULL THEN 'neither: no request here carries it'
        WHEN t.input = 'text' THEN 'the SHA-256 of its text'
        ELSE 'the SHA-256 of the bytes that its base64 stands for' END
        AS hash_that_the_logs_carry,
    k.text_hash AS sha256_of_text, k.bytes_hash AS sha256_of_bytes,
    COALESCE(t.requests, 0) AS requests,
    COALESCE(t.by_sas, 0) AS of_these_by_a_sas, t.accounts AS accounts,
    t.addresses AS addresses, t.agents AS agent_strings,
    t.first_time AS first_time, t.last_time AS last_time,
    o.objects AS objects, t.bytes_read AS bytes_read
FROM (SELECT secret AS secret, MIN(kind) AS kind,
        MAX(CASE WHEN input = 'text' THEN hash END) AS text_hash,
        MAX(CASE WHEN input = 'bytes' THEN hash END) AS bytes_hash
    FROM known_secret GROUP BY secret) AS k
LEFT JOIN w_known_total AS t ON t.secret = k.secret
LEFT JOIN w_known_objects AS o ON o.secret = k.secret
ORDER BY k.secret;

SELECT o.secret AS finding, 'address' AS link, o.src_ip AS address,
    o.account AS account, o.requests AS requests, o.bytes_read AS bytes_read,
    o.first_time AS first_time, o.last_time AS last_time,
    CASE WHEN n.since IS NULL THEN 'no' ELSE 'yes' END
        AS address_new_to_account,
    o.place AS place, o.among AS of_rows
FROM (SELECT t.secret AS secret, t.account AS account, t.src_ip AS src_ip,
        t.requests AS requests, t.bytes_read AS bytes_read,
        t.first_time AS first_time, t.last_time AS last_time,
        COUNT(*) OVER (PARTITION BY t.secret) AS among,
        ROW_NUMBER() OVER (PARTITION BY t.secret ORDER BY t.bytes_read DESC,
            t.src_ip, t.account) AS place
    FROM (SELECT secret AS secret, account AS account, src_ip AS src_ip,
            COUNT(*) AS requests, SUM(bytes_read) AS bytes_read,
            MIN(time) AS first_time, MAX(time) AS last_time
        FROM w_known_use GROUP BY secret, account, src_ip) AS t) AS o
LEFT JOIN w_new_address AS n ON n.account = o.account AND n.src_ip = o.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'known-secret'
    AND name = 'rows') AS p
WHERE o.place <= p.value
ORDER BY o.secret, o.place;

SELECT u.secret AS finding, 'secret' AS link, u.event AS event
FROM w_known_use AS u
ORDER BY u.secret, u.time, u.event;
