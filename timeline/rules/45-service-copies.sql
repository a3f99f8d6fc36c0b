-- id: service-copies
-- title: Objects were copied by the service itself
-- question: Who had objects copied by the service, from which containers, and is the
--   place they went to among the accounts whose logs are here?
-- attack: T1537, T1530
-- ms-threat: MS-T832, MS-T841
-- link: copies: the copies one credential asked for from one address; one copy is up to
--   three records with one correlation id, and counts once
-- rests-on: the records CopyBlob, CopyBlobSource, CopyBlobDestination, PutBlobFromURL,
--   and PutBlockFromURL; a copy leaves no read of the source and crosses no network
--   of ours
-- rests-on: the source is logged in the source's account, the destination in the
--   destination's: a copy of which only the source is here went to an account whose
--   logs are not here, or that writes none
-- alternative: lifecycle, backup, migration, and data factories copy this way daily
-- contradiction: the destination is an account of the same owner whose logs were out
--   of scope
CREATE TEMP TABLE w_copy AS
SELECT a.account AS account, a.credential AS credential, a.src_ip AS src_ip,
    a.event AS event, a.time AS time, a.container AS container,
    a.object AS object,
    COALESCE(e.correlation_id, e.request_id, '') AS correlation_id,
    CASE WHEN e.operation IN ('CopyBlobSource', 'CopyFileSource') THEN 1
        ELSE 0 END AS is_source,
    CASE WHEN e.operation IN ('CopyBlobDestination', 'CopyFileDestination')
        THEN 1 ELSE 0 END AS is_destination
FROM w_access AS a JOIN event AS e ON e.id = a.event
WHERE e.action = 'copy' OR e.operation IN ('PutBlobFromURL', 'PutBlockFromURL',
    'PutRangeFromURL', 'AppendBlockFromURL');
CREATE TEMP TABLE w_copier AS
SELECT ROW_NUMBER() OVER (ORDER BY t.first_time, t.account, t.credential,
        t.src_ip) AS finding,
    t.account AS account, t.credential AS credential, t.src_ip AS src_ip,
    t.first_time AS first_time, t.last_time AS last_time,
    t.records AS records, t.copies AS copies, t.sources AS sources,
    t.containers AS containers, t.in_baseline AS in_baseline
FROM (SELECT c.account AS account, c.credential AS credential,
        c.src_ip AS src_ip, MIN(c.time) AS first_time, MAX(c.time) AS last_time,
        COUNT(*) AS records, COUNT(DISTINCT c.correlation_id) AS copies,
        SUM(c.is_source) AS sources,
        COUNT(DISTINCT c.container) AS containers,
        SUM(CASE WHEN c.time >= b.from_time AND c.time < b.to_time THEN 1
            ELSE 0 END) AS in_baseline
    FROM w_copy AS c CROSS JOIN w_base AS b
    GROUP BY c.account, c.credential, c.src_ip) AS t;
CREATE TEMP TABLE w_copy_away AS
SELECT s.account AS account, s.credential AS credential, s.src_ip AS src_ip,
    COUNT(*) AS copies
FROM w_copy AS s
LEFT JOIN (SELECT DISTINCT correlation_id FROM w_copy
    WHERE is_destination = 1) AS d ON d.correlation_id = s.correlation_id
WHERE s.is_source = 1 AND d.correlation_id IS NULL
GROUP BY s.account, s.credential, s.src_ip;

SELECT c.finding AS finding, 'copies' AS link, c.account AS account,
    c.credential AS credential, c.src_ip AS address,
    c.first_time AS first_time, c.last_time AS last_time,
    c.copies AS copies, c.records AS records, c.sources AS sources_in_this_account,
    COALESCE(w.copies, 0) AS of_these_without_a_destination_in_these_logs,
    c.containers AS containers,
    CASE WHEN n.since IS NULL THEN 'no' ELSE 'yes' END AS address_new_to_account,
    CASE WHEN b.explicit = 0 AND c.first_time < b.to_time
        THEN 'as in the first of the records'
        WHEN c.in_baseline > 0 THEN 'as in the baseline'
        ELSE 'not in the baseline' END AS compared_with_baseline
FROM w_copier AS c CROSS JOIN w_base AS b
LEFT JOIN w_copy_away AS w ON w.account = c.account
    AND w.credential = c.credential AND w.src_ip = c.src_ip
LEFT JOIN w_new_address AS n ON n.account = c.account AND n.src_ip = c.src_ip
ORDER BY c.finding;

SELECT c.finding AS finding, 'copies' AS link, u.event AS event
FROM w_copier AS c
JOIN w_copy AS u ON u.account = c.account AND u.credential = c.credential
    AND u.src_ip = c.src_ip
ORDER BY c.finding, u.time, u.event;
