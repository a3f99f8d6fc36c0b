-- id: credential-use
-- title: A credential or an address was used that the account had not seen
-- question: Which SAS or addresses first appear on an account, and did a request
--   for its keys precede them?
-- attack: T1078.004, T1528
-- ms-threat: MS-T814, MS-T815
-- param: before_ticks = 864000000000: how long before the first use a request
--   for keys still counts as preceding (24 h)
-- link: use: requests that hang together by a new SAS or a new address
-- rests-on: the hash of the key and of the SAS in each storage record, and the
--   caller's address
-- alternative: a SAS made every day by a program is new every day; a partner's
--   or a colleague's address can change
-- alternative: every application that shares a key carries its hash: the hash
--   alone says nothing about who used it
-- contradiction: the SAS or the address is known to its owner, or was in use
--   before the records begin

-- Per thread: the nearest request for keys before it, and whether one came from
-- an address of the thread itself.
CREATE TEMP TABLE w_before AS
SELECT t.thread AS thread, MAX(r.time) AS nearest_time,
    COUNT(*) AS requests,
    SUM(CASE WHEN u.src_ip IS NULL THEN 0 ELSE 1 END) AS from_same_address
FROM w_thread AS t
JOIN w_request AS r ON r.account = t.account
CROSS JOIN (SELECT value FROM param WHERE rule = 'credential-use'
    AND name = 'before_ticks') AS p
LEFT JOIN (SELECT DISTINCT thread, src_ip FROM w_thread_use
    WHERE new_address <> '') AS u
    ON u.thread = t.thread AND u.src_ip = r.src_ip
WHERE r.time <= t.first_time AND r.time >= t.first_time - p.value
GROUP BY t.thread;

SELECT t.thread AS finding, 'use' AS link, t.account AS account,
    t.first_time AS first_time, t.last_time AS last_time,
    t.requests AS requests, t.key_requests AS requests_by_key,
    CASE WHEN t.new_address_requests > 0 THEN 'yes' ELSE 'no' END
        AS address_new_to_account,
    t.key_hash AS key_hash, t.objects AS objects_read,
    t.bytes_read AS bytes_read,
    COALESCE(b.requests, 0) AS key_listings_before,
    COALESCE(b.from_same_address, 0) AS of_these_from_same_address,
    b.nearest_time AS nearest_listing_time,
    k.others AS other_addresses_with_this_key
FROM w_thread AS t
LEFT JOIN w_before AS b ON b.thread = t.thread
LEFT JOIN (SELECT account, key_hash, COUNT(DISTINCT src_ip) AS others
    FROM w_access WHERE key_hash <> '' GROUP BY account, key_hash) AS k
    ON k.account = t.account AND k.key_hash = t.key_hash
WHERE t.key_requests + t.container_lists > 0 OR t.objects >= 50
ORDER BY t.thread;

SELECT u.thread AS finding, 'use' AS link, u.event AS event
FROM w_thread_use AS u
JOIN w_thread AS t ON t.thread = u.thread
WHERE (t.key_requests + t.container_lists > 0 OR t.objects >= 50)
    AND u.event = t.first_event
ORDER BY u.thread;
