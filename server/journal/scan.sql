-- $1, $2: place in the order of creation; $3, $4: in the order of changes; $5: until when; $6: rows at most, of each order;
-- $7: what was edited or reacted to before is known; $8: the bot.
--
-- Two bounded index scans come first (idx_posts_create_at_id, idx_posts_update_at), the bot's channels after them: so the
-- cost is that of the page, however many posts, channels and members there are. Reactions have no index by time, but move
-- their post: OFFSET 0 keeps the planner on their primary key.
WITH c AS MATERIALIZED (
	SELECT p.id, p.createat AS at, p.channelid, p.userid, p.editat, p.deleteat, p.originalid, octet_length(p.message) AS bytes
	FROM posts p WHERE (p.createat, p.id) > ($1, $2) AND p.createat <= $5 ORDER BY p.createat, p.id LIMIT $6),
u AS MATERIALIZED (
	SELECT p.id, p.updateat AS at, p.createat, p.channelid, p.userid, p.rootid, p.editat, p.deleteat, p.originalid, octet_length(p.message) AS bytes
	FROM posts p WHERE (p.updateat, p.id) > ($3, $4) AND p.updateat <= $5 ORDER BY p.updateat, p.id LIMIT $6),
ch AS MATERIALIZED (
	SELECT d.channelid, coalesce((SELECT max(h.jointime) FROM channelmemberhistory h WHERE h.channelid = d.channelid AND h.userid = $8), 0) AS joined
	FROM (SELECT channelid FROM c UNION SELECT channelid FROM u) d
	JOIN channelmembers m ON m.channelid = d.channelid AND m.userid = $8)
SELECT json_build_object(
	'created_count', (SELECT count(*) FROM c), 'updated_count', (SELECT count(*) FROM u),
	'created_last', (SELECT json_build_object('at', at, 'id', id) FROM c ORDER BY at DESC, id DESC LIMIT 1),
	'updated_last', (SELECT json_build_object('at', at, 'id', id) FROM u ORDER BY at DESC, id DESC LIMIT 1),
	'created', (SELECT json_agg(json_build_object('id', c.id, 'at', c.at, 'editat', c.editat, 'deleteat', c.deleteat, 'bytes', c.bytes, 'joined', ch.joined))
		FROM c JOIN ch USING (channelid) WHERE c.originalid = '' AND c.deleteat = 0 AND c.userid <> $8),
	'updated', (SELECT json_agg(json_build_object('id', u.id, 'at', u.at, 'editat', u.editat, 'deleteat', u.deleteat, 'bytes', u.bytes, 'joined', ch.joined))
		FROM u JOIN ch USING (channelid) WHERE u.originalid = '' AND u.userid <> $8 AND (u.deleteat > 0 OR u.editat > $7)),
	'reactions', (SELECT json_agg(json_build_object('at', u.at, 'user_id', r.userid, 'post_id', r.postid, 'emoji_name', r.emojiname, 'create_at', r.createat,
			'update_at', r.updateat, 'delete_at', r.deleteat, 'channel_id', u.channelid, 'root_id', u.rootid, 'joined', ch.joined))
		FROM u JOIN ch USING (channelid)
		CROSS JOIN LATERAL (SELECT * FROM reactions r WHERE r.postid = u.id OFFSET 0) r
		WHERE u.originalid = '' AND u.deleteat = 0 AND u.at <> u.createat AND r.userid <> $8 AND r.updateat > $7)
)::text
