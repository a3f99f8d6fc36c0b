-- id: not-logged
-- title: Keys were requested for an account whose reads are not logged
-- question: Which accounts whose keys were requested from a new address have no
--   record of reads, so that what was read cannot be known, and what was sent out
--   to new addresses afterwards?
-- attack: T1552, T1530, T1048
-- ms-threat: MS-T818, MS-T832
-- param: after_ticks = 864000000000: how long after the request outbound transfers are
--   shown (24 h)
-- param: floor_bytes = 10000000: smaller transfers are not shown
-- link: requests: keys were requested by an identity from an address new for it
-- link: reads: which records of the account there are, and that none is of a read
-- link: outbound: hosts of ours that first talked to an address after the request
--   and sent it much; none of this is tied to the account
-- rests-on: the storage records of the account: there are records of no read at all,
--   or of none after the request
-- rests-on: absence of records is not absence of activity
-- alternative: nobody read anything: an idle account writes no log either
-- alternative: the diagnostic setting names writes and deletes only, or its reads go
--   to a place that was not collected
-- contradiction: the diagnostic setting of that time, or the account's metrics, say
--   how much was read

-- Reads by account: all, and the last one.
CREATE TEMP TABLE w_read_log AS
SELECT a.account AS account,
    SUM(CASE WHEN a.action IN ('read', 'list-blobs', 'list-containers',
        'properties') THEN 1 ELSE 0 END) AS reads,
    SUM(CASE WHEN a.action IN ('write', 'delete', 'copy') THEN 1 ELSE 0 END)
        AS others,
    MAX(CASE WHEN a.action IN ('read', 'list-blobs', 'list-containers',
        'properties') THEN a.time ELSE 0 END) AS last_read
FROM w_access AS a GROUP BY a.account;
CREATE TEMP TABLE w_dark AS
SELECT ROW_NUMBER() OVER (ORDER BY t.first_time, t.account, t.listing)
        AS finding,
    t.account AS account, t.listing AS listing, t.first_time AS first_time,
    t.reads AS reads, t.others AS others, t.last_read AS last_read
FROM (SELECT r.account AS account, l.listing AS listing,
        MIN(r.time) AS first_time, COALESCE(MAX(d.reads), 0) AS reads,
        COALESCE(MAX(d.others), 0) AS others,
        COALESCE(MAX(d.last_read), 0) AS last_read
    FROM w_request AS r
    JOIN w_listing AS l ON l.actor = r.actor AND l.src_ip = r.src_ip
    LEFT JOIN w_read_log AS d ON d.account = r.account
    WHERE l.address_is_new = 1 AND r.successes > 0
    GROUP BY r.account, l.listing) AS t
WHERE t.last_read < t.first_time;

-- First contacts of hosts with the internet afterwards, at the point that saw most.
CREATE TEMP TABLE w_dark_span AS
SELECT MIN(d.first_time) AS from_time, MAX(d.first_time) + p.value AS to_time
FROM w_dark AS d
CROSS JOIN (SELECT value FROM param WHERE rule = 'not-logged'
    AND name = 'after_ticks') AS p
GROUP BY p.value;
CREATE TEMP TABLE w_dark_sent AS
SELECT t.host AS host, t.far AS far, MIN(t.first_time) AS first_time,
    MAX(t.bytes_out) AS bytes_out
FROM (SELECT w.host AS host, w.source AS source, w.point AS point,
        CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END AS far,
        MIN(f.time) AS first_time,
        SUM(CASE WHEN f.direction = 2 THEN COALESCE(f.bytes_sd, 0)
            ELSE COALESCE(f.bytes_ds, 0) END) AS bytes_out
    FROM w_dark_span AS s CROSS JOIN flow AS f
    JOIN w_point AS w ON w.head = f.head
    JOIN address AS a
        ON a.id = CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END
    WHERE a.scope = 0 AND f.decision = 1 AND f.time <= s.to_time
    GROUP BY w.host, w.source, w.point,
        CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END) AS t
CROSS JOIN (SELECT value FROM param WHERE rule = 'not-logged'
    AND name = 'floor_bytes') AS p
GROUP BY t.host, t.far, p.value
HAVING MAX(t.bytes_out) >= p.value;

SELECT d.finding AS finding, 'reads' AS link, d.account AS account,
    'cannot be known' AS what_was_read, d.reads AS read_records,
    d.others AS other_records,
    CASE WHEN d.reads + d.others = 0
        THEN 'no storage record of this account was collected'
        WHEN d.reads = 0
        THEN 'no StorageRead record of this account, though others'
        ELSE 'no StorageRead record of this account after the request' END
        AS reads_logged
FROM w_dark AS d ORDER BY d.finding;

SELECT d.finding AS finding, 'requests' AS link, l.actor AS identity,
    l.src_ip AS address, d.first_time AS first_time,
    CASE WHEN l.identity_is_new = 1 THEN 'identity not in the baseline'
        ELSE 'address new for this identity' END AS compared_with_baseline,
    CASE WHEN r.name IS NULL THEN 'no' ELSE 'yes' END AS named_as_responder
FROM w_dark AS d JOIN w_listing AS l ON l.listing = d.listing
LEFT JOIN responder AS r ON r.name = l.actor
ORDER BY d.finding;

SELECT d.finding AS finding, 'outbound' AS link, o.host AS host,
    a.text AS far_address, o.first_time AS first_contact_time,
    o.bytes_out AS bytes_out
FROM w_dark AS d
CROSS JOIN (SELECT value FROM param WHERE rule = 'not-logged'
    AND name = 'after_ticks') AS p
JOIN w_dark_sent AS o ON o.first_time >= d.first_time
    AND o.first_time <= d.first_time + p.value
JOIN address AS a ON a.id = o.far
WHERE d.others + d.reads > 0
ORDER BY d.finding, o.first_time, o.host, a.text;

SELECT d.finding AS finding, 'requests' AS link, e.id AS event
FROM w_dark AS d
JOIN w_listing AS l ON l.listing = d.listing
JOIN event AS e ON e.actor = l.actor AND e.src_ip = l.src_ip
    AND e.account = d.account
WHERE e.action IN ('key-list', 'key-regenerate', 'sas-issue')
    AND e.source IN ('activity', 'la-activity', 'storage', 'la-storage')
    AND e.time IS NOT NULL AND COALESCE(e.collector_footprint, 0) = 0
ORDER BY d.finding, e.time, e.id;
