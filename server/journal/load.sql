-- $1: ids, separated by commas.
SELECT coalesce(json_agg(json_build_object(
	'post', (SELECT json_build_object('id', x.id, 'create_at', x.createat, 'update_at', x.updateat, 'edit_at', x.editat, 'delete_at', x.deleteat, 'user_id', x.userid,
	'channel_id', x.channelid, 'root_id', x.rootid, 'original_id', x.originalid, 'message', x.message, 'type', x.type, 'props', x.props, 'file_ids', x.fileids) FROM (SELECT p.*) x),
	'versions', CASE WHEN p.editat > 0 THEN (SELECT json_agg(json_build_object('id', x.id, 'create_at', x.createat, 'update_at', x.updateat, 'edit_at', x.editat, 'delete_at', x.deleteat, 'user_id', x.userid,
	'channel_id', x.channelid, 'root_id', x.rootid, 'original_id', x.originalid, 'message', x.message, 'type', x.type, 'props', x.props, 'file_ids', x.fileids))
		FROM (SELECT * FROM posts o WHERE o.originalid = p.id OFFSET 0) x) END)), '[]')::text
FROM posts p WHERE p.id = ANY(string_to_array($1, ','))
