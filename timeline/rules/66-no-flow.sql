-- id: no-flow
-- title: An address of ours read with something new, and no flow log carried it
-- question: Which private addresses read with a new SAS, or by a new program, after
--   keys were listed from a new address, while no flow log that was collected has a
--   flow of them, so that what they then sent out cannot be known?
-- attack: T1048
-- ms-threat: MS-T832
-- link: reads: the reading by that address; no chain follows from it, for the flows
--   that would tell it from an administrator's day are not there
-- rests-on: the caller's address and ports in the storage log, and that no flow log
--   has a flow with them at that time
-- rests-on: absence of records is not absence of activity
-- alternative: the flow log of that network card was off, filtered, not collected, or
--   never made for it; or a private endpoint, whose flows are logged elsewhere
-- alternative: an administrator's copy to a machine that has no flow log
-- contradiction: the flow log of that card, or the machine itself, says what it sent
CREATE TEMP TABLE w_unseen AS
SELECT ROW_NUMBER() OVER (ORDER BY s.first_time, s.thread, s.src_ip) AS finding,
    s.thread AS thread, s.src_ip AS src_ip, s.first_time AS first_time,
    s.last_time AS last_time, s.bytes_read AS bytes_read
FROM w_spell AS s
JOIN address AS a ON a.text = s.src_ip
JOIN (SELECT DISTINCT thread, src_ip FROM w_spell_port) AS p
    ON p.thread = s.thread AND p.src_ip = s.src_ip
WHERE a.scope <> 0
    AND NOT EXISTS (SELECT c.event FROM w_carrier AS c
        WHERE c.thread = s.thread AND c.src_ip = s.src_ip);
CREATE TEMP TABLE w_unseen_after AS
SELECT u.finding AS finding, COUNT(DISTINCT l.listing) AS listings
FROM w_unseen AS u
JOIN w_thread AS t ON t.thread = u.thread
JOIN w_request AS r ON r.account = t.account
JOIN w_listing AS l ON l.actor = r.actor AND l.src_ip = r.src_ip
CROSS JOIN (SELECT value FROM param WHERE rule = 'chain'
    AND name = 'before_ticks') AS p
WHERE l.address_is_new = 1 AND r.successes > 0 AND r.time <= u.first_time
    AND r.time >= u.first_time - p.value
GROUP BY u.finding;

SELECT u.finding AS finding, 'reads' AS link, t.account AS account,
    u.src_ip AS address, u.first_time AS first_time, u.last_time AS last_time,
    u.bytes_read AS bytes_read, 'cannot be known' AS what_was_sent,
    'no flow of this address and these ports' AS flows_logged,
    CASE WHEN t.clients = 1 THEN 'a program new to the key at this address'
        ELSE 'a SAS or an address not seen on the account before' END
        AS compared_with_baseline,
    n.listings AS listings_from_new_addresses_before
FROM w_unseen AS u JOIN w_unseen_after AS n ON n.finding = u.finding
JOIN w_thread AS t ON t.thread = u.thread
ORDER BY u.finding;

SELECT u.finding AS finding, 'reads' AS link, a.event AS event
FROM w_unseen AS u JOIN w_unseen_after AS n ON n.finding = u.finding
JOIN w_thread_use AS a ON a.thread = u.thread AND a.src_ip = u.src_ip
WHERE a.action = 'read' AND a.outcome = 'success'
ORDER BY u.finding, a.time, a.event;
