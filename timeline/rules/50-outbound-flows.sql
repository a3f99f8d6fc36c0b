-- id: outbound-flows
-- title: Flows of the host that read, and what it then sent out
-- question: Which of our own hosts did the reading, and did it send a comparable
--   amount to an address it had not talked to?
-- attack: T1048, T1567, T1041
-- ms-threat: MS-T832
-- param: slack_ticks = 6000000000: how far apart a request and the flow that
--   carried it may be logged (10 min; a flow is logged about every 5)
-- param: floor_bytes = 10000000: smaller totals are not compared
-- param: close_low = 5: outbound bytes are close to the bytes read from this many
--   tenths
-- param: close_high = 20: up to this many tenths
-- param: near_low = 95: an amount nearly equals what was read from this many
--   hundredths (a flow log loses a little; whoever compresses sends less, and that
--   is only close)
-- param: near_high = 112: up to this many (headers add two to eight hundredths, and
--   what is sent again a few more)
-- param: fetched = 2: an address of which the host got more than this many times what
--   it sent there was fetched from, and what was sent is what fetching takes
-- param: follow_ticks = 216000000000: how long after the last read a first contact
--   still counts (6 h)
-- link: storage-flows: flows of a host to storage that carried the requests
-- link: outbound: flows of that host to an address first seen after the credential
--   was first used
-- link: same-address: other flows of the address that used the credential; no
--   bytes are compared, since a read over the internet never crosses the network
-- rests-on: address and port of the caller, found in the flow log of exactly one
--   network card at that time; without ports, bytes within a tenth
-- rests-on: egress is what the host sent as source of outbound flows and what it
--   answered to inbound ones, at the one observation point that saw most
-- alternative: a host that reads a lot also sends a lot for its own purpose; an
--   address can be new because a service moved
-- alternative: 10.x addresses recur in several networks, and hosts share one
--   address behind NAT, so that without ports a host is one of several
-- contradiction: the flow log of that card has a gap, or the same amount goes to
--   the same address on other days
CREATE INDEX flow_src ON flow (src, src_port, time);
CREATE TEMP TABLE w_point AS
SELECT h.id AS head, COALESCE(h.mac, h.target, '') AS host,
    h.source AS source, COALESCE(h.target, h.resource_id, '') AS point
FROM flow_head AS h;

-- The reading of each thread by address, and the ports it was done from.
CREATE TEMP TABLE w_spell AS
SELECT thread AS thread, src_ip AS src_ip, MIN(time) AS first_time,
    MAX(time_end) AS last_time, SUM(bytes_read) AS bytes_read
FROM w_thread_use WHERE action = 'read' AND outcome = 'success'
GROUP BY thread, src_ip;
CREATE TEMP TABLE w_spell_port AS
SELECT u.thread AS thread, u.src_ip AS src_ip, u.src_port AS src_port,
    MIN(u.time) AS first_time, MAX(u.time_end) AS last_time
FROM w_thread_use AS u
JOIN w_spell AS s ON s.thread = u.thread AND s.src_ip = u.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'outbound-flows'
    AND name = 'floor_bytes') AS f
WHERE u.src_port <> 0 AND s.bytes_read >= f.value
GROUP BY u.thread, u.src_ip, u.src_port;

-- (a) Flows that carried the requests: same address and port, same time.
CREATE TEMP TABLE w_carrier AS
SELECT p.thread AS thread, p.src_ip AS src_ip, p.src_port AS src_port,
    w.host AS host, w.source AS source, w.point AS point, f.id AS event,
    f.time AS time, COALESCE(f.bytes_ds, 0) AS bytes_ds
FROM w_spell_port AS p
JOIN address AS a ON a.text = p.src_ip
JOIN flow AS f ON f.src = a.id AND f.src_port = p.src_port
JOIN w_point AS w ON w.head = f.head
CROSS JOIN (SELECT value FROM param WHERE rule = 'outbound-flows'
    AND name = 'slack_ticks') AS s
WHERE f.decision = 1 AND f.dst_port IN (443, 445, 80, 2049)
    AND f.time >= p.first_time - s.value AND f.time <= p.last_time + s.value;
CREATE TEMP TABLE w_host AS
SELECT t.thread AS thread, t.src_ip AS src_ip, t.host AS host,
    t.ports AS ports, t.bytes_ds AS bytes_ds, t.place AS place,
    t.candidates AS candidates, t.next_ports AS next_ports
FROM (SELECT h.thread, h.src_ip, h.host, h.ports, h.bytes_ds,
        ROW_NUMBER() OVER (PARTITION BY h.thread, h.src_ip
            ORDER BY h.ports DESC, h.host) AS place,
        COUNT(*) OVER (PARTITION BY h.thread, h.src_ip) AS candidates,
        LEAD(h.ports, 1, 0) OVER (PARTITION BY h.thread, h.src_ip
            ORDER BY h.ports DESC, h.host) AS next_ports
    FROM (SELECT c.thread AS thread, c.src_ip AS src_ip, c.host AS host,
            COUNT(DISTINCT c.src_port) AS ports, MAX(c.point_bytes) AS bytes_ds
        FROM (SELECT thread, src_ip, src_port, host,
                SUM(bytes_ds) OVER (PARTITION BY thread, src_ip, host, source,
                    point) AS point_bytes
            FROM w_carrier) AS c
        GROUP BY c.thread, c.src_ip, c.host) AS h) AS t;

-- Without ports (NAT changes them): one host whose flows to one address carried
-- about the bytes read, in that time.
CREATE TEMP TABLE w_by_bytes AS
SELECT t.thread AS thread, t.src_ip AS src_ip, t.host AS host, t.dst AS dst,
    MAX(t.bytes_ds) AS bytes_ds
FROM (SELECT s.thread AS thread, s.src_ip AS src_ip, w.host AS host,
        f.dst AS dst, w.source AS source, w.point AS point,
        SUM(f.bytes_ds) AS bytes_ds, MAX(s.bytes_read) AS bytes_read
    FROM w_spell AS s
    CROSS JOIN (SELECT MAX(CASE WHEN name = 'slack_ticks' THEN value ELSE 0
                END) AS slack,
            MAX(CASE WHEN name = 'floor_bytes' THEN value ELSE 0 END) AS floor
        FROM param WHERE rule = 'outbound-flows') AS p
    JOIN flow AS f ON f.time >= s.first_time - p.slack
        AND f.time <= s.last_time + p.slack
    JOIN address AS a ON a.id = f.dst
    JOIN w_point AS w ON w.head = f.head
    LEFT JOIN w_host AS h ON h.thread = s.thread AND h.src_ip = s.src_ip
        AND h.place = 1
    JOIN w_bulk AS b ON b.thread = s.thread
    WHERE h.host IS NULL AND s.bytes_read >= p.floor AND a.scope = 0
        AND f.dst_port = 443 AND f.bytes_ds IS NOT NULL AND b.many = 1
        AND s.last_time - s.first_time < 864000000000
    GROUP BY s.thread, s.src_ip, w.host, f.dst, w.source, w.point) AS t
WHERE t.bytes_ds * 100 >= t.bytes_read * 95
    AND t.bytes_ds * 100 <= t.bytes_read * 115
GROUP BY t.thread, t.src_ip, t.host, t.dst;

CREATE TEMP TABLE w_reader AS
SELECT s.thread AS thread, s.src_ip AS src_ip, h.host AS host,
    'address and port' AS found_by, s.first_time AS first_time,
    s.last_time AS last_time, s.bytes_read AS bytes_read,
    h.ports AS ports, h.bytes_ds AS flow_bytes, h.candidates AS candidates
FROM w_spell AS s
JOIN w_host AS h ON h.thread = s.thread AND h.src_ip = s.src_ip
    AND h.place = 1 AND h.ports > h.next_ports
UNION ALL
SELECT s.thread AS thread, s.src_ip AS src_ip, b.host AS host,
    'time and bytes' AS found_by, s.first_time AS first_time,
    s.last_time AS last_time, s.bytes_read AS bytes_read, 0 AS ports,
    b.bytes_ds AS flow_bytes, 1 AS candidates
FROM w_spell AS s
JOIN (SELECT thread AS thread, src_ip AS src_ip, MIN(host) AS host,
        MAX(bytes_ds) AS bytes_ds
    FROM w_by_bytes GROUP BY thread, src_ip
    HAVING COUNT(*) = 1) AS b ON b.thread = s.thread AND b.src_ip = s.src_ip;

-- (c) What these hosts exchanged with addresses of the internet.
CREATE TEMP TABLE w_far AS
SELECT w.host AS host, w.source AS source, w.point AS point,
    CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END AS far,
    f.id AS event, f.time AS time,
    CASE WHEN f.direction = 2 THEN COALESCE(f.bytes_sd, 0)
        ELSE COALESCE(f.bytes_ds, 0) END AS bytes_out,
    CASE WHEN f.direction = 2 THEN COALESCE(f.bytes_ds, 0)
        ELSE COALESCE(f.bytes_sd, 0) END AS bytes_in
FROM (SELECT DISTINCT host FROM w_reader) AS r
JOIN w_point AS w ON w.host = r.host
JOIN flow AS f ON f.head = w.head
JOIN address AS a ON a.id = CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END
WHERE a.scope = 0 AND f.decision = 1;
CREATE INDEX w_far_host ON w_far (host, far, time);
CREATE TEMP TABLE w_contact AS
SELECT host AS host, far AS far, MIN(time) AS first_time
FROM w_far GROUP BY host, far;
CREATE TEMP TABLE w_out AS
SELECT t.thread AS thread, t.host AS host, t.far AS far,
    t.first_contact AS first_contact, MAX(t.bytes_out) AS bytes_out,
    t.bytes_read AS bytes_read, t.last_read AS last_read
FROM (SELECT r.thread AS thread, r.host AS host, c.far AS far,
        c.first_time AS first_contact, f.source AS source, f.point AS point,
        SUM(f.bytes_out) AS bytes_out, SUM(f.bytes_in) AS bytes_in,
        r.bytes_read AS bytes_read, r.last_time AS last_read
    FROM (SELECT thread AS thread, host AS host, MAX(last_time) AS last_time,
            SUM(bytes_read) AS bytes_read
        FROM w_reader GROUP BY thread, host) AS r
    JOIN w_thread AS t ON t.thread = r.thread
    JOIN w_contact AS c ON c.host = r.host
    CROSS JOIN (SELECT MAX(CASE WHEN name = 'follow_ticks' THEN value ELSE 0
                END) AS follow,
            MAX(CASE WHEN name = 'slack_ticks' THEN value ELSE 0 END) AS slack
        FROM param WHERE rule = 'outbound-flows') AS p
    JOIN w_far AS f ON f.host = c.host AND f.far = c.far
    WHERE c.first_time >= t.first_time - p.slack
        AND c.first_time <= r.last_time + p.follow
        AND f.time <= r.last_time + 864000000000
    GROUP BY r.thread, r.host, c.far, c.first_time, f.source, f.point,
        r.bytes_read, r.last_time) AS t
CROSS JOIN (SELECT value FROM param WHERE rule = 'outbound-flows'
    AND name = 'fetched') AS p
WHERE t.bytes_in <= t.bytes_out * p.value
GROUP BY t.thread, t.host, t.far, t.first_contact, t.bytes_read, t.last_read;
CREATE TEMP TABLE w_close AS
SELECT o.thread AS thread, o.host AS host, o.far AS far,
    o.first_contact AS first_contact, o.bytes_out AS bytes_out,
    o.bytes_read AS bytes_read, o.last_read AS last_read,
    ROW_NUMBER() OVER (PARTITION BY o.thread, o.host
        ORDER BY CASE WHEN o.bytes_out > o.bytes_read
            THEN o.bytes_out - o.bytes_read
            ELSE o.bytes_read - o.bytes_out END, o.far) AS place,
    COUNT(*) OVER (PARTITION BY o.thread, o.host) AS candidates,
    CASE WHEN o.bytes_out * 100 >= o.bytes_read * p.near_low
        AND o.bytes_out * 100 <= o.bytes_read * p.near_high THEN 1 ELSE 0
        END AS near
FROM w_out AS o
CROSS JOIN (SELECT MAX(CASE WHEN name = 'close_low' THEN value ELSE 0 END)
        AS low,
    MAX(CASE WHEN name = 'close_high' THEN value ELSE 0 END) AS high,
    MAX(CASE WHEN name = 'near_low' THEN value ELSE 0 END) AS near_low,
    MAX(CASE WHEN name = 'near_high' THEN value ELSE 0 END) AS near_high,
    MAX(CASE WHEN name = 'floor_bytes' THEN value ELSE 0 END) AS floor
    FROM param WHERE rule = 'outbound-flows') AS p
WHERE o.bytes_out * 10 >= o.bytes_read * p.low
    AND o.bytes_out * 10 <= o.bytes_read * p.high
    AND o.bytes_read >= p.floor;

-- The card's flow log may have been off meanwhile: the last flow seen.
SELECT r.thread AS finding, 'storage-flows' AS link, r.src_ip AS caller_address,
    r.host AS host, r.found_by AS host_found_by,
    r.candidates AS hosts_that_had_this_address_and_a_port,
    r.ports AS ports_matched, r.bytes_read AS bytes_in_storage_log,
    r.flow_bytes AS bytes_in_flow_log, r.first_time AS first_time,
    r.last_time AS last_time
FROM w_reader AS r
JOIN w_close AS c ON c.thread = r.thread AND c.host = r.host AND c.place = 1
ORDER BY r.thread, r.src_ip;

SELECT c.thread AS finding, 'outbound' AS link, c.host AS host,
    a.text AS far_address, c.first_contact AS first_contact_time,
    c.bytes_out AS bytes_out, c.bytes_read AS bytes_read_before,
    c.candidates AS new_addresses_with_a_close_amount,
    'address not seen with this host before the credential was used' AS
        compared_with_baseline
FROM w_close AS c JOIN address AS a ON a.id = c.far
WHERE c.place = 1
ORDER BY c.thread, c.host;

SELECT c.thread AS finding, 'storage-flows' AS link, k.event AS event
FROM w_close AS c
JOIN w_reader AS r ON r.thread = c.thread AND r.host = c.host
JOIN w_carrier AS k ON k.thread = r.thread AND k.src_ip = r.src_ip
    AND k.host = r.host
WHERE c.place = 1
ORDER BY c.thread, k.time, k.event;

SELECT c.thread AS finding, 'outbound' AS link, f.event AS event
FROM w_close AS c
JOIN w_far AS f ON f.host = c.host AND f.far = c.far
WHERE c.place = 1 AND f.time <= c.last_read + 864000000000
ORDER BY c.thread, f.time, f.event;

-- (b) Other flows of the addresses that used the credential from outside.
SELECT DISTINCT c.thread AS finding, 'same-address' AS link, 'context' AS role,
    f.id AS event
FROM w_close AS c
JOIN (SELECT DISTINCT thread, new_address FROM w_thread_use
    WHERE new_address <> '') AS u ON u.thread = c.thread
JOIN address AS a ON a.text = u.new_address AND a.scope = 0
JOIN flow AS f ON f.src = a.id
WHERE c.place = 1
ORDER BY c.thread, f.id;
