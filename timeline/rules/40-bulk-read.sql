-- id: bulk-read
-- title: A new credential or address read or copied out many objects
-- question: Which threads of new credentials or addresses read more than such
--   credentials did before?
-- attack: T1530, T1020
-- ms-threat: MS-T832
-- param: objects = 50: fewer objects are not called many
-- param: factor = 3: how many times the most that was read before is far above it
-- param: floor_bytes = 500000000: fewer bytes are not called many
-- param: compare = 5: how many earlier credentials of the kind there must be
-- param: copies = 10: fewer copies by the service are not called many
-- link: reading: the thread's reads; objects and bytes are totals of their own
-- link: copying: copies by the service, which are logged at their source; one
--   copy is up to three records, of which one names the source
-- rests-on: the objects and bytes of successful reads, compared with every
--   earlier reading of the same kind (of somebody who browses from a new
--   address, of somebody who browses, of a program) in all accounts
-- alternative: a migration, a backup, or a new partner also reads a lot once
-- contradiction: a later reading of the same kind by the same owner; the objects
--   are public

-- Like is compared with like.  A thread that browsed from a new address is held
-- against earlier such threads, if there are enough of them; any other against
-- the credentials of its kind, wherever they were used.  What a thread's own new
-- address did before, on another account, is no baseline of it.
CREATE TEMP TABLE w_thread_address AS
SELECT DISTINCT thread AS thread, new_address AS src_ip FROM w_thread_use
WHERE new_address <> '';
CREATE TEMP TABLE w_sibling AS
SELECT DISTINCT a.thread AS thread, b.thread AS other
FROM w_thread_address AS a
JOIN w_thread_address AS b ON b.src_ip = a.src_ip
WHERE a.thread <> b.thread;
CREATE INDEX w_thread_address_thread ON w_thread_address (thread, src_ip);
CREATE INDEX w_sibling_thread ON w_sibling (thread, other);
CREATE TEMP TABLE w_stranger AS
SELECT thread AS thread, first_time AS first_time, objects AS objects,
    bytes_read AS bytes_read, copies AS copies
FROM w_thread WHERE container_lists > 0 AND new_address_requests > 0;
CREATE TEMP TABLE w_most_stranger AS
SELECT t.thread AS thread, COUNT(o.thread) AS earlier,
    COALESCE(MAX(o.objects), 0) AS most_objects,
    COALESCE(MAX(o.bytes_read), 0) AS most_bytes,
    COALESCE(MAX(o.copies), 0) AS most_copies
FROM w_stranger AS t CROSS JOIN w_base AS b
LEFT JOIN w_stranger AS o ON o.thread <> t.thread
    AND o.first_time < CASE WHEN b.explicit = 1 THEN b.to_time
        ELSE t.first_time END
    AND o.first_time >= b.from_time
    AND NOT EXISTS (SELECT x.other FROM w_sibling AS x
        WHERE x.thread = t.thread AND x.other = o.thread)
GROUP BY t.thread;
CREATE TEMP TABLE w_most_visit AS
SELECT t.thread AS thread, COUNT(v.first_time) AS earlier,
    COALESCE(MAX(v.objects), 0) AS most_objects,
    COALESCE(MAX(v.bytes_read), 0) AS most_bytes
FROM w_thread AS t CROSS JOIN w_base AS b
LEFT JOIN w_visit_class AS v
    ON v.browsed = CASE WHEN t.container_lists > 0 THEN 1 ELSE 0 END
    AND v.first_time < CASE WHEN b.explicit = 1 THEN b.to_time
        ELSE t.first_time END
    AND v.first_time >= b.from_time
    AND NOT EXISTS (SELECT x.src_ip FROM w_thread_address AS x
        WHERE x.thread = t.thread AND x.src_ip = v.first_ip)
WHERE t.objects >= 20 OR t.container_lists > 0 OR t.bytes_read >= 10000000
    OR t.copies > 0
GROUP BY t.thread;
CREATE TEMP TABLE w_most AS
SELECT v.thread AS thread,
    CASE WHEN s.earlier >= p.value THEN 2
        WHEN t.container_lists > 0 THEN 1 ELSE 0 END AS browsed,
    CASE WHEN s.earlier >= p.value THEN s.earlier ELSE v.earlier END AS earlier,
    CASE WHEN s.earlier >= p.value THEN s.most_objects ELSE v.most_objects END
        AS most_objects,
    CASE WHEN s.earlier >= p.value THEN s.most_bytes ELSE v.most_bytes END
        AS most_bytes,
    CASE WHEN s.earlier >= p.value THEN s.most_copies ELSE -1 END AS most_copies
FROM w_most_visit AS v
JOIN w_thread AS t ON t.thread = v.thread
CROSS JOIN (SELECT value FROM param WHERE rule = 'bulk-read'
    AND name = 'compare') AS p
LEFT JOIN w_most_stranger AS s ON s.thread = v.thread;
CREATE TEMP TABLE w_bulk AS
SELECT t.thread AS thread, t.account AS account, t.first_time AS first_time,
    t.last_time AS last_time, t.objects AS objects, t.reads AS reads,
    t.bytes_read AS bytes_read, m.browsed AS browsed, m.earlier AS earlier,
    m.most_objects AS most_objects, m.most_bytes AS most_bytes,
    t.copies AS copies, m.most_copies AS most_copies,
    CASE WHEN m.most_copies >= 0 AND t.copies >= p.copies
            AND t.copies >= p.factor * m.most_copies THEN 1
        ELSE 0 END AS copied_out,
    CASE WHEN t.objects >= p.objects THEN 1
        WHEN m.earlier >= p.compare AND t.bytes_read >= p.floor
            AND t.bytes_read >= p.factor * m.most_bytes THEN 1
        WHEN m.most_copies >= 0 AND t.copies >= p.copies
            AND t.copies >= p.factor * m.most_copies THEN 1
        ELSE 0 END AS many,
    CASE WHEN m.earlier < p.compare THEN 1 ELSE 0 END AS cannot_tell,
    CASE WHEN m.earlier < p.compare THEN 0
        WHEN t.objects >= p.objects AND t.objects >= p.factor * m.most_objects
        THEN 1
        WHEN t.bytes_read >= p.floor
            AND t.bytes_read >= p.factor * m.most_bytes THEN 1
        WHEN m.most_copies >= 0 AND t.copies >= p.copies
            AND t.copies >= p.factor * m.most_copies THEN 1
        ELSE 0 END AS deviates
FROM w_thread AS t
JOIN w_most AS m ON m.thread = t.thread
CROSS JOIN (SELECT MAX(CASE WHEN name = 'objects' THEN value ELSE 0 END)
        AS objects,
    MAX(CASE WHEN name = 'factor' THEN value ELSE 0 END) AS factor,
    MAX(CASE WHEN name = 'floor_bytes' THEN value ELSE 0 END) AS floor,
    MAX(CASE WHEN name = 'compare' THEN value ELSE 0 END) AS compare,
    MAX(CASE WHEN name = 'copies' THEN value ELSE 0 END) AS copies
    FROM param WHERE rule = 'bulk-read') AS p;

SELECT b.thread AS finding, 'reading' AS link, b.account AS account,
    b.first_time AS first_time, b.last_time AS last_time,
    b.objects AS objects_read_or_copied, b.reads AS read_requests,
    b.bytes_read AS bytes_read,
    CASE WHEN b.browsed = 2 THEN 'threads that browsed from a new address'
        WHEN b.browsed = 1 THEN 'credentials of somebody who browses'
        ELSE 'credentials of programs' END AS compared_with,
    b.earlier AS earlier_credentials_of_this_kind,
    b.most_objects AS most_objects_read_by_one,
    b.most_bytes AS most_bytes_read_by_one,
    CASE WHEN b.cannot_tell = 1 THEN 'cannot tell, too few to compare with'
        WHEN b.deviates = 1 THEN 'far above the baseline'
        ELSE 'not far above the baseline' END AS compared_with_baseline
FROM w_bulk AS b
WHERE b.many = 1
ORDER BY b.thread;

SELECT b.thread AS finding, 'copying' AS link, b.copies AS copies_by_the_service,
    CASE WHEN b.most_copies < 0 THEN 'cannot tell, too few to compare with'
        WHEN b.copied_out = 1 THEN 'far above the baseline'
        ELSE 'not far above the baseline' END AS compared_with_baseline
FROM w_bulk AS b
WHERE b.many = 1 AND b.copies > 0
ORDER BY b.thread;

SELECT b.thread AS finding,
    CASE WHEN u.copied = 1 THEN 'copying' ELSE 'reading' END AS link,
    u.event AS event
FROM w_bulk AS b
JOIN w_thread_use AS u ON u.thread = b.thread
WHERE b.many = 1 AND (u.action = 'read' OR u.copied = 1)
    AND b.deviates + b.cannot_tell > 0
ORDER BY b.thread, u.time, u.event;
