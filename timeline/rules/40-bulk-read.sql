-- id: bulk-read
-- title: A new credential or address read many objects
-- question: Which threads of new credentials or addresses read more than such
--   credentials did before?
-- attack: T1530, T1020
-- ms-threat: MS-T832
-- param: objects = 50: fewer objects are not called many
-- param: factor = 3: how many times the most that was read before is far above it
-- param: floor_bytes = 100000000: fewer bytes are not called many
-- param: compare = 3: how many earlier credentials of the kind there must be
-- link: reading: the thread's reads; objects and bytes are totals of their own
-- rests-on: the objects and bytes of successful reads, compared with every
--   earlier credential of the same kind (of somebody who browses, or of a
--   program) in all accounts
-- alternative: a migration, a backup, or a new partner also reads a lot once
-- contradiction: a later reading of the same kind by the same owner; the objects
--   are public
CREATE TEMP TABLE w_most AS
SELECT t.thread AS thread,
    CASE WHEN t.container_lists > 0 THEN 1 ELSE 0 END AS browsed,
    COUNT(v.first_time) AS earlier,
    COALESCE(MAX(v.objects), 0) AS most_objects,
    COALESCE(MAX(v.bytes_read), 0) AS most_bytes
FROM w_thread AS t CROSS JOIN w_base AS b
LEFT JOIN w_visit_class AS v
    ON v.browsed = CASE WHEN t.container_lists > 0 THEN 1 ELSE 0 END
    AND v.first_time < CASE WHEN b.explicit = 1 THEN b.to_time
        ELSE t.first_time END
    AND v.first_time >= b.from_time
WHERE t.objects >= 20 OR t.container_lists > 0 OR t.bytes_read >= 10000000
GROUP BY t.thread, t.container_lists;
CREATE TEMP TABLE w_bulk AS
SELECT t.thread AS thread, t.account AS account, t.first_time AS first_time,
    t.last_time AS last_time, t.objects AS objects, t.reads AS reads,
    t.bytes_read AS bytes_read, m.browsed AS browsed, m.earlier AS earlier,
    m.most_objects AS most_objects, m.most_bytes AS most_bytes,
    CASE WHEN t.objects >= p.objects
        OR t.bytes_read >= p.floor AND t.bytes_read > m.most_bytes THEN 1
        ELSE 0 END AS many,
    CASE WHEN m.earlier < p.compare THEN 1 ELSE 0 END AS cannot_tell,
    CASE WHEN m.earlier < p.compare THEN 0
        WHEN t.objects >= p.objects AND t.objects > m.most_objects THEN 1
        WHEN t.bytes_read >= p.floor AND t.bytes_read > m.most_bytes THEN 1
        ELSE 0 END AS deviates,
    CASE WHEN m.earlier < p.compare THEN 0
        WHEN t.objects >= p.objects AND t.objects >= p.factor * m.most_objects
        THEN 1
        WHEN t.bytes_read >= p.floor
            AND t.bytes_read >= p.factor * m.most_bytes THEN 1
        ELSE 0 END AS far_above
FROM w_thread AS t
JOIN w_most AS m ON m.thread = t.thread
CROSS JOIN (SELECT MAX(CASE WHEN name = 'objects' THEN value ELSE 0 END)
        AS objects,
    MAX(CASE WHEN name = 'factor' THEN value ELSE 0 END) AS factor,
    MAX(CASE WHEN name = 'floor_bytes' THEN value ELSE 0 END) AS floor,
    MAX(CASE WHEN name = 'compare' THEN value ELSE 0 END) AS compare
    FROM param WHERE rule = 'bulk-read') AS p;

SELECT b.thread AS finding, 'reading' AS link, b.account AS account,
    b.first_time AS first_time, b.last_time AS last_time,
    b.objects AS objects_read, b.reads AS read_requests,
    b.bytes_read AS bytes_read,
    CASE WHEN b.browsed = 1 THEN 'credentials of somebody who browses'
        ELSE 'credentials of programs' END AS compared_with,
    b.earlier AS earlier_credentials_of_this_kind,
    b.most_objects AS most_objects_read_by_one,
    b.most_bytes AS most_bytes_read_by_one,
    CASE WHEN b.cannot_tell = 1 THEN 'cannot tell, too few to compare with'
        WHEN b.far_above = 1 THEN 'far above the baseline'
        WHEN b.deviates = 1 THEN 'more than any one before'
        ELSE 'not above the baseline' END AS compared_with_baseline
FROM w_bulk AS b
WHERE b.many = 1
ORDER BY b.thread;

SELECT b.thread AS finding, 'reading' AS link, u.event AS event
FROM w_bulk AS b
JOIN w_thread_use AS u ON u.thread = b.thread
WHERE b.many = 1 AND u.action = 'read' AND b.deviates + b.cannot_tell > 0
ORDER BY b.thread, u.time, u.event;
