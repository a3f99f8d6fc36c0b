-- id: network
-- title: Tables of the network traffic
-- question: Who talked to whom, over which ports, what was denied, what was reached from
--   the internet and by which rule, and do Traffic Analytics rows agree?
-- attack: T1048, T1021, T1190
-- param: rows = 20: rows of each table; each says of how many
-- link: hosts: each host's bytes with the internet, out and in, at the one observation
--   point that saw most
-- link: talkers: far addresses by bytes sent to them
-- link: ports: destination ports by decision
-- link: internal: pairs of private addresses first seen after the baseline
-- link: exposure: inbound flows from the internet that a rule allowed
-- link: agreement: rows of Traffic Analytics, and how many have a flow with the same two
--   addresses here
-- rests-on: flow tuples; one flow is logged at network card, subnet, and network, so that
--   totals are taken at one point and points are never added up
-- rests-on: allowed means that a rule let it through, not that anything answered
-- alternative: platform services, updates, and monitoring make most of the traffic
-- contradiction: a gap in a flow log, which has no row here; see the coverage
CREATE TEMP TABLE w_net AS
SELECT w.host AS host, w.source AS source, w.point AS point,
    CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END AS far,
    MIN(f.time) AS first_time, MAX(f.time) AS last_time, COUNT(*) AS tuples,
    SUM(CASE WHEN f.decision = 2 THEN 1 ELSE 0 END) AS denied,
    SUM(CASE WHEN f.direction = 2 THEN COALESCE(f.bytes_sd, 0)
        ELSE COALESCE(f.bytes_ds, 0) END) AS bytes_out,
    SUM(CASE WHEN f.direction = 2 THEN COALESCE(f.bytes_ds, 0)
        ELSE COALESCE(f.bytes_sd, 0) END) AS bytes_in
FROM flow AS f JOIN w_point AS w ON w.head = f.head
GROUP BY w.host, w.source, w.point,
    CASE WHEN f.direction = 2 THEN f.dst ELSE f.src END;
CREATE TEMP TABLE w_net_pair AS
SELECT t.host AS host, t.far AS far, a.text AS address, a.scope AS scope,
    MIN(t.first_time) AS first_time, MAX(t.last_time) AS last_time,
    MAX(t.bytes_out) AS bytes_out, MAX(t.bytes_in) AS bytes_in,
    MAX(t.denied) AS denied, MAX(t.tuples) AS tuples
FROM w_net AS t JOIN address AS a ON a.id = t.far
GROUP BY t.host, t.far, a.text, a.scope;

SELECT 1 AS finding, 'hosts' AS link, o.host AS host,
    o.addresses AS far_addresses, o.bytes_out AS bytes_out,
    o.bytes_in AS bytes_in,
    CASE WHEN o.bytes_out > o.bytes_in THEN 'sent more than it received'
        ELSE 'received no less than it sent' END AS asymmetry,
    o.place AS place, o.among AS of_rows
FROM (SELECT t.host AS host, t.addresses AS addresses, t.bytes_out AS bytes_out,
        t.bytes_in AS bytes_in, COUNT(*) OVER (PARTITION BY t.one) AS among,
        ROW_NUMBER() OVER (ORDER BY t.bytes_out DESC, t.host) AS place
    FROM (SELECT host AS host, 1 AS one, COUNT(*) AS addresses,
            SUM(bytes_out) AS bytes_out, SUM(bytes_in) AS bytes_in
        FROM w_net_pair WHERE scope = 0 GROUP BY host) AS t) AS o
CROSS JOIN (SELECT value FROM param WHERE rule = 'network' AND name = 'rows')
    AS p
WHERE o.place <= p.value ORDER BY o.place;

SELECT 2 AS finding, 'talkers' AS link, o.host AS host,
    o.address AS far_address, o.bytes_out AS bytes_out, o.bytes_in AS bytes_in,
    o.first_time AS first_time, o.last_time AS last_time,
    CASE WHEN o.first_time >= b.to_time THEN 'first seen after the baseline'
        ELSE 'seen in the baseline' END AS compared_with_baseline,
    o.place AS place, o.among AS of_rows
FROM (SELECT host, address, bytes_out, bytes_in, first_time, last_time,
        ROW_NUMBER() OVER (ORDER BY bytes_out DESC, host, address) AS place,
        COUNT(*) OVER (PARTITION BY scope) AS among
    FROM w_net_pair WHERE scope = 0) AS o
CROSS JOIN w_base AS b
CROSS JOIN (SELECT value FROM param WHERE rule = 'network' AND name = 'rows')
    AS p
WHERE o.place <= p.value ORDER BY o.place;

SELECT 3 AS finding, 'ports' AS link, o.port AS port,
    CASE WHEN o.direction = 1 THEN 'in' ELSE 'out' END AS direction,
    o.allowed AS tuples_allowed, o.denied AS tuples_denied,
    o.place AS place, o.among AS of_rows
FROM (SELECT t.port AS port, t.direction AS direction, t.allowed AS allowed,
        t.denied AS denied, COUNT(*) OVER (PARTITION BY t.one) AS among,
        ROW_NUMBER() OVER (ORDER BY t.allowed + t.denied DESC, t.port,
            t.direction) AS place
    FROM (SELECT COALESCE(f.dst_port, 0) AS port, 1 AS one,
            COALESCE(f.direction, 0) AS direction,
            SUM(CASE WHEN f.decision = 1 THEN 1 ELSE 0 END) AS allowed,
            SUM(CASE WHEN f.decision = 2 THEN 1 ELSE 0 END) AS denied
        FROM flow AS f
        GROUP BY COALESCE(f.dst_port, 0), COALESCE(f.direction, 0)) AS t) AS o
CROSS JOIN (SELECT value FROM param WHERE rule = 'network' AND name = 'rows')
    AS p
WHERE o.place <= p.value ORDER BY o.place;

SELECT 4 AS finding, 'internal' AS link, o.host AS host,
    o.address AS other_address, o.first_time AS first_time,
    o.bytes_out AS bytes_out, o.bytes_in AS bytes_in, o.place AS place,
    o.among AS of_rows
FROM (SELECT t.host AS host, t.address AS address, t.first_time AS first_time,
        t.bytes_out AS bytes_out, t.bytes_in AS bytes_in,
        ROW_NUMBER() OVER (ORDER BY t.bytes_out + t.bytes_in DESC, t.host,
            t.address) AS place,
        COUNT(*) OVER (PARTITION BY t.scope) AS among
    FROM w_net_pair AS t CROSS JOIN w_base AS b
    WHERE t.scope = 1 AND t.first_time >= b.to_time) AS o
CROSS JOIN (SELECT value FROM param WHERE rule = 'network' AND name = 'rows')
    AS p
WHERE o.place <= p.value ORDER BY o.place;

SELECT 5 AS finding, 'exposure' AS link, o.host AS host, o.port AS port,
    o.by_rule AS let_through_by_rule, o.addresses AS far_addresses,
    o.tuples AS tuples, o.bytes_back AS bytes_answered, o.place AS place,
    o.among AS of_rows
FROM (SELECT t.host AS host, t.port AS port, t.by_rule AS by_rule,
        t.addresses AS addresses, t.tuples AS tuples, t.bytes_back AS bytes_back,
        COUNT(*) OVER (PARTITION BY t.one) AS among,
        ROW_NUMBER() OVER (ORDER BY t.addresses DESC, t.host, t.port,
            t.by_rule) AS place
    FROM (SELECT w.host AS host, 1 AS one, COALESCE(f.dst_port, 0) AS port,
            COALESCE(h.rule, '(not logged)') AS by_rule,
            COUNT(DISTINCT f.src) AS addresses, COUNT(*) AS tuples,
            SUM(COALESCE(f.bytes_ds, 0)) AS bytes_back
        FROM flow AS f JOIN w_point AS w ON w.head = f.head
        JOIN flow_head AS h ON h.id = f.head
        JOIN address AS a ON a.id = f.src
        WHERE f.direction = 1 AND f.decision = 1 AND a.scope = 0
        GROUP BY w.host, COALESCE(f.dst_port, 0),
            COALESCE(h.rule, '(not logged)')) AS t) AS o
CROSS JOIN (SELECT value FROM param WHERE rule = 'network' AND name = 'rows')
    AS p
WHERE o.place <= p.value ORDER BY o.place;

SELECT 6 AS finding, 'agreement' AS link, COUNT(*) AS rows_of_traffic_analytics,
    SUM(CASE WHEN p.src_ip IS NULL THEN 0 ELSE 1 END)
        AS of_these_with_a_flow_of_the_same_addresses
FROM event AS e
LEFT JOIN (SELECT DISTINCT s.text AS src_ip, d.text AS dst_ip
    FROM (SELECT DISTINCT src, dst FROM flow) AS f
    JOIN address AS s ON s.id = f.src
    JOIN address AS d ON d.id = f.dst) AS p
    ON p.src_ip = e.src_ip AND p.dst_ip = e.dst_ip
WHERE e.source = 'traffic-analytics'
HAVING COUNT(*) > 0;
