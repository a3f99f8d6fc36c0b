-- id: chain
-- title: Key listing, use of a new credential, reading, and outbound flows that
--   hang together
-- question: Do requests for keys, the first use of a credential, browsing, reading,
--   and outbound flows form one sequence that the baseline does not explain?
-- attack: T1552, T1528, T1078.004, T1619, T1530, T1048
-- ms-threat: MS-T818, MS-T814, MS-T815, MS-T832
-- param: needed = 3: how many of the four deviations a chain must have: (1) keys
--   listed by an identity from an address new for it, (2) browsing from an address
--   new to the account, (3) reading, or copies by the service, far above the
--   baseline of its kind, (4) a close amount sent by the reading host to an address
--   it had not talked to.  Without (3) what was read must be many objects, or what
--   was sent must nearly equal it.  Two are enough where two logs agree: (4) with
--   (2), or with (1) at the same address, for many objects; (4), nearly equal, with
--   a SAS used both from a new address and on the host that sent, with a SAS
--   on hosts of ours only, or with a program new to the key; and the
--   address that listed the keys read in one session, or used SAS, far more than
--   all such addresses before it
-- param: near_objects = 5: amounts nearly equal count only for so many objects: one
--   object is often as large as some other transfer
-- param: lister_objects = 50: objects that such an address must have read at least
-- param: lister_sas = 10: SAS that it must have used at least
-- param: before_ticks = 864000000000: how long before the first use a listing still
--   counts (24 h)
-- param: same_ticks = 6048000000000: the same for a listing from the very address
--   that used the account (7 days)
-- param: join_ticks = 864000000000: how long after somebody browsed with a key a new
--   SAS of that key on a host may still belong to it (24 h)
-- link: summary: which of the four deviations were found
-- link: baseline: how often threads with the same deviations occur before this one
-- link: listing: keys were listed by an identity from an address new for it
-- link: use: the first request with the new credential or from the new address
-- link: browsing: containers and blobs were listed, properties looked at
-- link: reading: objects were read
-- link: copying: objects were copied by the service, which leaves no flow
-- link: storage-flows: flows of one host carried the reading
-- link: outbound: the host sent a comparable amount to a new address
-- link: logging: the listing identity changed logging from the same address
-- rests-on: the rules key-enumeration, credential-use, explorer-access, bulk-read,
--   and outbound-flows, each compared with its own baseline
-- rests-on: strong is: two logs agree on a value that others rarely share (an
--   address within a day, address and port, a SAS hash); moderate is: one log, and
--   a value not in the baseline; weak is: order in time only
-- alternative: an administrator's ordinary day is the same sequence; what tells
--   this one from it is only what the links call new or far above the baseline
-- alternative: an incident response or a migration that nobody named
-- contradiction: the person whose identity it is confirms the address; the far
--   address belongs to a service in use; the same sequence is in the baseline

-- The four deviations of each thread, with the thread it was joined to.
CREATE TEMP TABLE w_deviation AS
SELECT g.thread AS thread, MIN(t.account) AS account,
    MIN(t.first_time) AS first_time, MAX(t.last_time) AS last_time,
    MAX(CASE WHEN k.thread IS NULL THEN 0 ELSE 1 END) AS listed,
    MAX(CASE WHEN t.container_lists > 0 AND t.new_address_requests > 0 THEN 1
        ELSE 0 END) AS browsed,
    MAX(CASE WHEN b.deviates = 1 THEN 1 ELSE 0 END) AS bulk,
    MAX(CASE WHEN c.thread IS NULL THEN 0 ELSE 1 END) AS sent,
    MAX(CASE WHEN n.thread IS NULL THEN 0 ELSE 1 END) AS near,
    MAX(CASE WHEN x.thread IS NULL THEN 0 ELSE 1 END) AS crossed,
    MAX(CASE WHEN f.thread IS NULL THEN 0 ELSE 1 END) AS far_more,
    MAX(COALESCE(b.many, 0)) AS many,
    MAX(COALESCE(k.same_address, 0)) AS same_address,
    COUNT(DISTINCT g.part) AS parts
FROM w_part_of AS g
JOIN w_thread AS t ON t.thread = g.part
LEFT JOIN (SELECT thread AS thread, MAX(same_address) AS same_address
    FROM w_key GROUP BY thread) AS k ON k.thread = g.part
LEFT JOIN w_bulk AS b ON b.thread = g.part
LEFT JOIN (SELECT DISTINCT thread FROM w_close) AS c ON c.thread = g.part
LEFT JOIN w_near AS n ON n.thread = g.part
LEFT JOIN w_crossed AS x ON x.thread = g.part
LEFT JOIN w_far_more AS f ON f.thread = g.part
GROUP BY g.thread;
CREATE TEMP TABLE w_chain AS
SELECT d.*, COALESCE(a.fitting, 0) AS fitting, COALESCE(a.sas, 0) AS fitting_sas
FROM w_deviation AS d
LEFT JOIN w_fitting AS a ON a.thread = d.thread
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'needed') AS p
WHERE d.many + d.near > 0
        AND d.listed + d.browsed + d.bulk + d.sent >= p.value
    OR d.near = 1 AND (a.fitting > 0 OR d.crossed = 1)
    OR d.many = 1 AND d.sent = 1 AND d.parts = 1
        AND (d.browsed = 1 OR d.same_address = 1)
    OR d.same_address = 1 AND d.far_more = 1;
-- A thread that another took as its part is told there, not twice.
DELETE FROM w_chain WHERE thread IN (SELECT g.part FROM w_part_of AS g
    WHERE g.part <> g.thread AND g.thread IN (SELECT thread FROM w_deviation
        WHERE near = 1));

SELECT c.thread AS finding, 'summary' AS link, c.account AS account,
    c.first_time AS first_time, c.last_time AS last_time,
    CASE WHEN c.listed = 1 THEN 'yes' ELSE
        'no: acquisition of the credential not recorded' END
        AS keys_listed_from_new_address,
    CASE WHEN c.browsed = 1 THEN 'yes' ELSE 'no' END AS browsing_from_new_address,
    CASE WHEN c.bulk = 1 THEN 'yes' ELSE 'no' END AS reading_far_above_baseline,
    CASE WHEN c.sent = 1 THEN 'yes' ELSE 'no' END
        AS close_amount_sent_to_new_address,
    c.listed + c.browsed + c.bulk + c.sent AS deviations,
    CASE WHEN c.near = 1 THEN 'yes' ELSE 'no' END AS amount_sent_nearly_equals_amount_read,
    CASE WHEN c.crossed = 1 THEN 'yes' ELSE 'no' END AS sas_used_outside_and_on_own_host,
    CASE WHEN c.far_more = 1 THEN 'yes' ELSE 'no' END
        AS far_above_all_addresses_that_listed_keys,
    CASE WHEN c.fitting_sas > 0 THEN 'yes' ELSE 'no' END AS sas_used_on_own_hosts_only,
    CASE WHEN c.fitting > 0 AND c.fitting_sas = 0 THEN 'yes' ELSE 'no' END
        AS program_new_to_the_key_on_host,
    c.fitting AS threads_that_could_precede_it
FROM w_chain AS c ORDER BY c.thread;

SELECT c.thread AS finding, 'baseline' AS link, b.from_time AS from_time,
    CASE WHEN b.explicit = 1 THEN b.to_time ELSE c.first_time END AS to_time,
    COUNT(d.thread) AS threads_in_baseline,
    SUM(CASE WHEN d.listed + d.browsed = 2 THEN 1 ELSE 0 END)
        AS of_these_listing_and_browsing,
    SUM(CASE WHEN d.listed + d.browsed + d.bulk + d.sent = 2 THEN 1 ELSE 0 END)
        AS of_these_two_deviations,
    COUNT(o.thread) AS of_these_the_same_chain
FROM w_chain AS c CROSS JOIN w_base AS b
LEFT JOIN w_deviation AS d ON d.first_time >= b.from_time
    AND d.first_time < CASE WHEN b.explicit = 1 THEN b.to_time
        ELSE c.first_time END
LEFT JOIN w_chain AS o ON o.thread = d.thread
GROUP BY c.thread, b.from_time, b.explicit, b.to_time, c.first_time
ORDER BY c.thread;

SELECT c.thread AS finding, 'listing' AS link, l.actor AS identity,
    l.src_ip AS address, l.first_time AS first_time,
    c.first_time - l.first_time AS ticks_to_next_link,
    CASE WHEN k.same_address = 1 THEN 'strong' ELSE 'weak' END AS strength,
    CASE WHEN k.same_address = 1
        THEN 'the address that listed the keys also used the account'
        ELSE 'order in time, and what speaks for this listing' END AS joined_by,
    k.candidates AS listings_that_could_precede,
    CASE WHEN l.identity_is_new = 1 THEN 'identity not in the baseline'
        ELSE 'address new for this identity' END AS compared_with_baseline,
    CASE WHEN r.name IS NULL THEN 'no' ELSE 'yes' END AS named_as_responder
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_key AS k ON k.thread = g.part
JOIN w_listing AS l ON l.listing = k.listing
LEFT JOIN responder AS r ON r.name = l.actor
ORDER BY c.thread, l.listing;

SELECT c.thread AS finding, 'use' AS link, t.account AS account,
    t.thread AS thread, t.first_time AS first_time, t.key_hash AS key_hash,
    t.requests AS requests, t.key_requests AS requests_by_key,
    CASE WHEN c.parts = 1 THEN 'moderate' ELSE 'weak' END AS strength,
    CASE WHEN c.parts = 1 THEN 'one thread'
        WHEN c.fitting_sas > 0
        THEN 'two threads: the key, the container, and the order in time'
        ELSE 'two threads: the key, the agent string, and the container' END
        AS joined_by,
    'address or SAS not seen on the account before' AS compared_with_baseline
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_thread AS t ON t.thread = g.part ORDER BY c.thread;

SELECT c.thread AS finding, 'browsing' AS link,
    t.container_lists AS containers_listed, t.blob_lists AS blob_lists,
    t.properties AS properties_read, 'moderate' AS strength
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_thread AS t ON t.thread = g.part
WHERE t.container_lists + t.blob_lists + t.properties > 0 ORDER BY c.thread;

SELECT c.thread AS finding, 'reading' AS link, b.objects AS objects_read,
    b.reads AS read_requests, b.bytes_read AS bytes_read,
    b.most_objects AS most_objects_read_by_one_before,
    b.earlier AS compared_with_credentials,
    'strong' AS strength,
    'the same SAS or address as the use' AS joined_by,
    CASE WHEN b.cannot_tell = 1 THEN 'cannot tell, too few to compare with'
        WHEN b.deviates = 1 THEN 'far above the baseline'
        ELSE 'not far above the baseline' END AS compared_with_baseline
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_bulk AS b ON b.thread = g.part ORDER BY c.thread;

SELECT c.thread AS finding, 'copying' AS link,
    b.copies AS copies_by_the_service, b.most_copies AS most_copies_before,
    'strong' AS strength, 'the same SAS or address as the use' AS joined_by
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_bulk AS b ON b.thread = g.part
WHERE b.copies > 0 ORDER BY c.thread;

SELECT c.thread AS finding, 'storage-flows' AS link,
    r.src_ip AS caller_address, r.host AS host,
    r.bytes_read AS bytes_in_storage_log, r.flow_bytes AS bytes_in_flow_log,
    r.ports AS ports_matched,
    CASE WHEN r.ports > 0 THEN 'strong' ELSE 'weak' END AS strength,
    r.found_by AS joined_by
FROM w_chain AS c JOIN w_reader AS r ON r.thread = c.thread
ORDER BY c.thread, r.src_ip;

SELECT c.thread AS finding, 'outbound' AS link, o.host AS host,
    a.text AS far_address, o.first_contact AS first_time,
    o.bytes_out AS bytes_out, o.bytes_read AS bytes_read_before,
    o.candidates AS new_addresses_with_a_close_amount,
    'moderate' AS strength,
    'the host that read, after it began to read' AS joined_by
FROM w_chain AS c JOIN w_close AS o ON o.thread = c.thread AND o.place = 1
JOIN address AS a ON a.id = o.far ORDER BY c.thread, o.host;

-- The records.
SELECT c.thread AS finding, 'listing' AS link, 'basis' AS role, e.id AS event
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_key AS k ON k.thread = g.part
JOIN w_listing AS l ON l.listing = k.listing
JOIN event AS e ON e.actor = l.actor AND e.src_ip = l.src_ip
WHERE e.action IN ('key-list', 'key-regenerate', 'sas-issue')
    AND e.source IN ('activity', 'la-activity', 'storage', 'la-storage')
    AND COALESCE(e.collector_footprint, 0) = 0
ORDER BY c.thread, e.time, e.id;

SELECT c.thread AS finding,
    CASE WHEN u.event = t.first_event THEN 'use'
        WHEN u.copied = 1 THEN 'copying' WHEN u.action = 'read' THEN 'reading'
        ELSE 'browsing' END AS link,
    'basis' AS role, u.event AS event
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_thread AS t ON t.thread = g.part
JOIN w_thread_use AS u ON u.thread = g.part
ORDER BY c.thread, u.time, u.event;

SELECT c.thread AS finding, 'storage-flows' AS link, 'basis' AS role,
    k.event AS event
FROM w_chain AS c JOIN w_reader AS r ON r.thread = c.thread
JOIN w_carrier AS k ON k.thread = r.thread AND k.src_ip = r.src_ip
    AND k.host = r.host
ORDER BY c.thread, k.time, k.event;

SELECT c.thread AS finding, 'outbound' AS link, 'basis' AS role,
    f.event AS event
FROM w_chain AS c
JOIN w_close AS o ON o.thread = c.thread AND o.place = 1
JOIN w_far AS f ON f.host = o.host AND f.far = o.far
WHERE f.time <= o.last_read + 864000000000
ORDER BY c.thread, f.time, f.event;

SELECT c.thread AS finding, 'logging' AS link, 'basis' AS role, o.event AS event
FROM w_chain AS c JOIN w_part_of AS g ON g.thread = c.thread
JOIN w_key AS k ON k.thread = g.part
JOIN w_logging AS o ON o.listing = k.listing
ORDER BY c.thread, o.time, o.event;

-- What speaks against a link: the same account's keys listed meanwhile by others,
-- or by the same identity from an address it is known at.
SELECT DISTINCT c.thread AS finding, 'listing' AS link, 'counter' AS role,
    r.request AS event
FROM w_chain AS c JOIN w_request AS r ON r.account = c.account
JOIN w_listing AS l ON l.actor = r.actor AND l.src_ip = r.src_ip
LEFT JOIN (SELECT DISTINCT g.thread AS thread, y.listing AS listing
    FROM w_part_of AS g JOIN w_key AS y ON y.thread = g.part) AS k
    ON k.thread = c.thread AND k.listing = l.listing
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'before_ticks') AS p
WHERE k.listing IS NULL AND r.time <= c.first_time
    AND r.time >= c.first_time - p.value
ORDER BY c.thread, r.request;
