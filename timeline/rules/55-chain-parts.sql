-- id: chain-parts
-- title: Which listings of keys, and which threads, may belong together
-- question: What could precede the use of a credential, and by what shared value?
-- work: prepares tables for the rule chain, whose parameters it uses, and finds nothing
--   itself

-- Listings that could precede a thread.  The same address is a strong link.
CREATE TEMP TABLE w_same AS
SELECT DISTINCT t.thread AS thread, l.listing AS listing
FROM w_thread AS t
JOIN w_request AS r ON r.account = t.account
JOIN w_listing AS l ON l.actor = r.actor AND l.src_ip = r.src_ip
JOIN (SELECT DISTINCT thread, new_address FROM w_thread_use
    WHERE new_address <> '') AS u
    ON u.thread = t.thread AND u.new_address = l.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'same_ticks') AS p
WHERE l.address_is_new = 1 AND r.successes > 0 AND r.time <= t.last_time
    AND r.time >= t.first_time - p.value;

-- Else a listing whose own address never used any account: it is attributed by
-- time alone, if one stands out.  What speaks for it: the same identity changed
-- logging from there; the identity never before listed keys from a new address
-- without using them; it never listed keys at this time of day.
CREATE TEMP TABLE w_unused AS
SELECT l.listing AS listing, l.actor AS actor, l.src_ip AS src_ip,
    l.first_time AS first_time
FROM w_listing AS l
WHERE l.address_is_new = 1 AND l.successes > 0
    AND l.src_ip NOT IN (SELECT src_ip FROM w_access);
CREATE TEMP TABLE w_unused_before AS
SELECT u.listing AS listing, COUNT(o.listing) AS before
FROM w_unused AS u
LEFT JOIN (SELECT l.listing AS listing, l.actor AS actor,
        l.first_time AS first_time
    FROM w_listing AS l
    WHERE l.src_ip NOT IN (SELECT src_ip FROM w_access)) AS o
    ON o.actor = u.actor AND o.first_time < u.first_time
GROUP BY u.listing;
CREATE TEMP TABLE w_hour AS
SELECT u.listing AS listing, COUNT(r.request) AS near
FROM w_unused AS u
LEFT JOIN w_request AS r ON r.actor = u.actor AND r.time < u.first_time
    AND ((r.time - u.first_time) % 864000000000 + 864000000000) % 864000000000
        NOT BETWEEN 36000000000 AND 828000000000
GROUP BY u.listing;
CREATE TEMP TABLE w_logging AS
SELECT l.listing AS listing, e.id AS event, e.time AS time
FROM w_listing AS l
JOIN event AS e ON e.actor = l.actor AND e.src_ip = l.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'before_ticks') AS p
WHERE e.action = 'logging-change' AND l.address_is_new = 1
    AND e.time >= l.first_time AND e.time <= l.last_time + p.value;
CREATE TEMP TABLE w_guess AS
SELECT t.thread AS thread, u.listing AS listing, MIN(r.time) AS time,
    MAX(CASE WHEN g.listing IS NULL THEN 0 ELSE 2 END)
    + MAX(CASE WHEN b.before = 0 THEN 1 ELSE 0 END)
    + MAX(CASE WHEN h.near = 0 THEN 1 ELSE 0 END) AS score
FROM w_thread AS t
JOIN w_request AS r ON r.account = t.account
JOIN w_unused AS u ON u.actor = r.actor AND u.src_ip = r.src_ip
JOIN w_unused_before AS b ON b.listing = u.listing
JOIN w_hour AS h ON h.listing = u.listing
LEFT JOIN (SELECT DISTINCT listing FROM w_logging) AS g
    ON g.listing = u.listing
LEFT JOIN (SELECT DISTINCT thread FROM w_same) AS s ON s.thread = t.thread
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'before_ticks') AS p
WHERE s.thread IS NULL AND t.key_requests + t.signed_by_key > 0
    AND r.successes > 0 AND r.time <= t.first_time
    AND r.time >= t.first_time - p.value
GROUP BY t.thread, u.listing;
CREATE TEMP TABLE w_best AS
SELECT g.thread AS thread, g.listing AS listing, g.score AS score,
    ROW_NUMBER() OVER (PARTITION BY g.thread ORDER BY g.score DESC, g.listing)
        AS place,
    LEAD(g.score, 1, 0) OVER (PARTITION BY g.thread
        ORDER BY g.score DESC, g.listing) AS next_score,
    COUNT(*) OVER (PARTITION BY g.thread) AS candidates
FROM w_guess AS g;
CREATE TEMP TABLE w_key AS
SELECT s.thread AS thread, s.listing AS listing, 1 AS same_address,
    1 AS candidates, 0 AS score
FROM w_same AS s
UNION ALL
SELECT b.thread AS thread, b.listing AS listing, 0 AS same_address,
    b.candidates AS candidates, b.score AS score
FROM w_best AS b
WHERE b.place = 1 AND b.score > b.next_score AND b.score > 0;

-- A SAS may be used on a host alone, by whoever browsed with its key from outside
-- shortly before: the two threads share no new value.  They are taken together if
-- all who used the SAS are hosts of ours, if what was sent nearly equals what was
-- read, and if exactly one thread fits: of those that follow the same listing of
-- keys; or else of those that looked into a container of which the SAS read, and read
-- nothing themselves, first of those whose last request is no further back than the
-- pause that ends a session; or else of all, and it looked into such a container.
-- Where the host used a SAS of its own on the account before, both must follow one
-- listing of keys.
CREATE TEMP TABLE w_near AS
SELECT DISTINCT c.thread AS thread
FROM w_close AS c
JOIN w_thread AS t ON t.thread = c.thread
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'near_objects') AS p
WHERE c.near = 1 AND t.objects >= p.value;
-- A SAS that was used at an address of the internet as well was carried to the host
-- by somebody, and makes no SAS of its own usual there.
CREATE TEMP TABLE w_carried AS
SELECT DISTINCT a.account AS account, a.sas_hash AS sas_hash, a.src_ip AS src_ip
FROM w_access AS a
LEFT JOIN address AS d ON d.text = a.src_ip
WHERE a.sas_hash <> '' AND COALESCE(d.scope, 0) = 0;
-- An address may be that of several hosts, of which one did the reading: earlier uses
-- from it count, but for those whose port only another host's flow log has.  Behind
-- NAT no flow log has the address, and all of them count.
CREATE TEMP TABLE w_near_use AS
SELECT u.thread AS thread, u.account AS account, u.src_ip AS src_ip,
    MIN(u.time) AS first_time, MIN(COALESCE(r.host, '')) AS host
FROM w_thread_use AS u JOIN w_near AS c ON c.thread = u.thread
LEFT JOIN w_reader AS r ON r.thread = u.thread AND r.src_ip = u.src_ip
GROUP BY u.thread, u.account, u.src_ip;
CREATE TEMP TABLE w_earlier AS
SELECT e.thread AS thread, e.event AS event, e.on_host AS on_host,
    e.elsewhere AS elsewhere
FROM (SELECT n.thread AS thread, a.event AS event,
        MAX(CASE WHEN w.host = n.host THEN 1 ELSE 0 END) AS on_host,
        MAX(CASE WHEN w.host <> n.host THEN 1 ELSE 0 END) AS elsewhere,
        MAX(CASE WHEN k.src_ip IS NULL THEN 0 ELSE 1 END) AS carried
    FROM w_near_use AS n
    JOIN w_access AS a ON a.account = n.account AND a.src_ip = n.src_ip
    CROSS JOIN (SELECT value FROM param WHERE rule = 'outbound-flows'
        AND name = 'slack_ticks') AS s
    LEFT JOIN address AS d ON d.text = a.src_ip
    LEFT JOIN flow AS f ON f.src = d.id AND f.src_port = a.src_port
        AND f.time >= a.time - s.value AND f.time <= a.time_end + s.value
    LEFT JOIN w_point AS w ON w.head = f.head
    LEFT JOIN w_carried AS k ON k.account = a.account
        AND k.sas_hash = a.sas_hash AND k.src_ip <> a.src_ip
    WHERE a.sas_hash <> '' AND a.time < n.first_time
    GROUP BY n.thread, a.event) AS e
WHERE e.carried = 0;
CREATE TEMP TABLE w_alone AS
SELECT t.thread AS thread, t.account AS account, t.key_hash AS key_hash,
    t.first_time AS first_time, COALESCE(e.users, 0) AS users
FROM w_thread AS t
JOIN (SELECT thread AS thread, SUM(CASE WHEN host = '' THEN 1 ELSE 0 END)
        AS strangers
    FROM w_near_use GROUP BY thread) AS a ON a.thread = t.thread
LEFT JOIN (SELECT thread AS thread, COUNT(*) AS users FROM w_earlier
    WHERE on_host = 1 OR elsewhere = 0 GROUP BY thread) AS e
    ON e.thread = t.thread
WHERE t.new_address_requests = 0 AND t.clients = 0 AND t.key_hash <> ''
    AND a.strangers = 0;
CREATE TEMP TABLE w_looked AS
SELECT DISTINCT a.thread AS thread, u.thread AS part
FROM w_alone AS a
JOIN (SELECT DISTINCT thread, account, container FROM w_thread_use
    WHERE taken = 1) AS r ON r.thread = a.thread
JOIN (SELECT DISTINCT thread, account, container FROM w_thread_use
    WHERE action IN ('list-blobs', 'properties') AND container <> '') AS u
    ON u.account = r.account AND u.container = r.container;
CREATE TEMP TABLE w_candidate AS
SELECT a.thread AS thread, t.thread AS part,
    CASE WHEN k.thread IS NOT NULL THEN 0
        WHEN t.objects = 0 AND w.thread IS NOT NULL
            AND t.last_time >= a.first_time - g.value THEN 1
        WHEN t.objects = 0 AND w.thread IS NOT NULL THEN 2 ELSE 3 END AS kind,
    CASE WHEN k.thread IS NULL AND w.thread IS NULL THEN 0 ELSE 1 END AS fits
FROM w_alone AS a
JOIN w_thread AS t ON t.account = a.account AND t.key_hash = a.key_hash
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'join_ticks') AS p
CROSS JOIN (SELECT value FROM param WHERE rule = 'baseline'
    AND name = 'gap_ticks') AS g
LEFT JOIN (SELECT DISTINCT x.thread AS thread, y.thread AS part
    FROM w_key AS x JOIN w_key AS y ON y.listing = x.listing) AS k
    ON k.thread = a.thread AND k.part = t.thread
LEFT JOIN w_looked AS w ON w.thread = a.thread AND w.part = t.thread
WHERE t.container_lists > 0 AND t.new_address_requests > 0
    AND (a.users = 0 OR k.thread IS NOT NULL)
    AND t.first_time <= a.first_time
    AND t.first_time >= a.first_time - p.value;

-- So may a key, by a program with which the host did not use it before.  That
-- thread is taken together with the one that, with the same key and the same agent
-- string, read in the same container from a new address shortly before, if one of
-- them read more than all others.
CREATE TEMP TABLE w_pair AS
SELECT DISTINCT h.thread AS thread, t.thread AS part, t.objects AS objects
FROM w_thread AS h
JOIN w_near AS c ON c.thread = h.thread
JOIN (SELECT DISTINCT thread, account, key_hash, agent, container
    FROM w_thread_use WHERE taken = 1 AND new_client > 0) AS x
    ON x.thread = h.thread
JOIN (SELECT DISTINCT thread, account, key_hash, agent, container
    FROM w_thread_use WHERE taken = 1 AND new_address <> ''
        AND auth = 'account-key') AS y
    ON y.account = x.account AND y.key_hash = x.key_hash
    AND y.agent = x.agent AND y.container = x.container
JOIN w_thread AS t ON t.thread = y.thread
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'join_ticks') AS p
WHERE h.clients = 1 AND t.first_time <= h.first_time
    AND t.first_time >= h.first_time - p.value;
CREATE TEMP TABLE w_part_of AS
SELECT t.thread AS thread, t.thread AS part FROM w_thread AS t
UNION ALL
SELECT c.thread AS thread, c.part AS part
FROM w_candidate AS c
JOIN (SELECT d.thread AS thread, d.kind AS kind
    FROM (SELECT thread AS thread, kind AS kind, COUNT(*) AS fitting,
            ROW_NUMBER() OVER (PARTITION BY thread ORDER BY kind) AS place
        FROM w_candidate GROUP BY thread, kind) AS d
    WHERE d.place = 1 AND d.fitting = 1) AS o
    ON o.thread = c.thread AND o.kind = c.kind
WHERE c.fits = 1
UNION ALL
SELECT o.thread AS thread, o.part AS part
FROM (SELECT thread AS thread, part AS part, objects AS objects,
        ROW_NUMBER() OVER (PARTITION BY thread ORDER BY objects DESC, part)
            AS place,
        LEAD(objects, 1, 0) OVER (PARTITION BY thread
            ORDER BY objects DESC, part) AS next_objects
    FROM w_pair) AS o
WHERE o.place = 1 AND o.objects > o.next_objects;
CREATE TEMP TABLE w_fitting AS
SELECT f.thread AS thread, MAX(f.sas) AS sas, COUNT(*) AS fitting
FROM (SELECT thread, part, 1 AS sas FROM w_candidate
    UNION ALL SELECT thread, part, 0 AS sas FROM w_pair) AS f
GROUP BY f.thread;

-- A SAS that was used both from an address new to the account and on a host of
-- ours that is known by address and port.
CREATE TEMP TABLE w_crossed AS
SELECT DISTINCT a.thread AS thread
FROM w_thread_use AS a
JOIN w_thread_use AS b ON b.thread = a.thread AND b.new_sas = a.new_sas
JOIN w_reader AS r ON r.thread = b.thread AND r.src_ip = b.src_ip
WHERE a.new_sas <> '' AND a.new_address <> '' AND a.src_ip <> b.src_ip
    AND b.new_address = '' AND r.ports > 0;

-- What addresses that listed the keys, being new for that, took in one session
-- and how many SAS they used in it; each against all such addresses before it.
CREATE TEMP TABLE w_lister AS
SELECT s.thread AS thread, MAX(d.objects) AS objects, MAX(d.sas) AS sas,
    MIN(d.first_time) AS first_time
FROM (SELECT DISTINCT thread FROM w_same) AS s
JOIN (SELECT u.thread AS thread, x.src_ip AS src_ip, x.session AS session,
        COUNT(DISTINCT u.new_sas) AS sas, MIN(u.time) AS first_time,
        SUM(u.first_of_object) AS objects
    FROM (SELECT thread AS thread, event AS event, time AS time,
            new_sas AS new_sas, new_address AS new_address,
            CASE WHEN taken = 1 AND ROW_NUMBER() OVER (PARTITION BY thread,
                account, container, object, taken ORDER BY time, event) = 1
                THEN 1 ELSE 0 END AS first_of_object
        FROM w_thread_use) AS u
    JOIN w_session_use AS x ON x.event = u.event
    WHERE u.new_address <> ''
    GROUP BY u.thread, x.src_ip, x.session) AS d ON d.thread = s.thread
GROUP BY s.thread;
CREATE TEMP TABLE w_far_more AS
SELECT m.thread AS thread
FROM (SELECT l.thread AS thread, l.objects AS objects, l.sas AS sas,
        COUNT(o.thread) AS earlier, COALESCE(MAX(o.objects), 0) AS most_objects,
        COALESCE(MAX(o.sas), 0) AS most_sas
    FROM w_lister AS l CROSS JOIN w_base AS b
    LEFT JOIN w_lister AS o ON o.thread <> l.thread
        AND NOT EXISTS (SELECT x.other FROM w_sibling AS x
            WHERE x.thread = l.thread AND x.other = o.thread)
        AND o.first_time < CASE WHEN b.explicit = 1 THEN b.to_time
            ELSE l.first_time END
    GROUP BY l.thread, l.objects, l.sas) AS m
CROSS JOIN (SELECT MAX(CASE WHEN name = 'lister_objects' THEN value ELSE 0 END)
        AS objects,
    MAX(CASE WHEN name = 'lister_sas' THEN value ELSE 0 END) AS sas
    FROM param WHERE rule = 'chain') AS p
CROSS JOIN (SELECT MAX(CASE WHEN name = 'factor' THEN value ELSE 0 END)
        AS factor,
    MAX(CASE WHEN name = 'compare' THEN value ELSE 0 END) AS compare
    FROM param WHERE rule = 'bulk-read') AS q
WHERE m.earlier >= q.compare
    AND (m.objects >= p.objects AND m.objects >= q.factor * m.most_objects
        OR m.sas >= p.sas AND m.sas >= q.factor * m.most_sas);
