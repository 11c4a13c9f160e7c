/**
 * What a RADIUS server asks when somebody logs in or a NAS speaks for the first time. A sealed value is
 * `0x01 | key id (4) | iv (16) | AES-256-CBC ciphertext | HMAC-SHA-256 (32) over place, 0x00 and all before it`; its
 * keys come from the server's configuration and live in its sessions only (ADR 12).
 */
export const RADIUS_LOGIN = `
-- HKDF-SHA256 (RFC 5869) without salt, one block.
CREATE FUNCTION radius.derive(key bytea, label text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
  SELECT hmac(convert_to(label, 'UTF8') || '\\x01'::bytea, hmac(key, decode(repeat('00', 32), 'hex'), 'sha256'), 'sha256')
$$;

-- Gives this session the RADIUS keys: base64 of 32 bytes each, comma separated. Once a connection, so that no statement
-- of a log-in carries a key to a log.
CREATE FUNCTION radius.use_keys(keys text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  encoded text;
  key bytea;
  known integer := 0;
BEGIN
  FOREACH encoded IN ARRAY string_to_array(replace(keys, ' ', ''), ',') LOOP
    key := decode(translate(encoded, '-_', '+/'), 'base64');
    IF octet_length(key) <> 32 THEN RAISE EXCEPTION 'a RADIUS key is not 32 bytes'; END IF;
    PERFORM set_config('radius.k_' || encode(substr(radius.derive(key, 'radius/id'), 1, 4), 'hex'),
      encode(radius.derive(key, 'radius/encrypt') || radius.derive(key, 'radius/authenticate'), 'hex'), false);
    known := known + 1;
  END LOOP;
  RETURN known;
END $$;

-- The text that was sealed for this place; NULL when it was altered or belongs elsewhere. A key that this session does
-- not have is an error: a server with the wrong key must stay silent, not turn every subscriber away.
CREATE FUNCTION radius.open_secret(sealed bytea, place text) RETURNS text LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  keys bytea;
  body bytea;
BEGIN
  IF sealed IS NULL OR octet_length(sealed) < 69 OR get_byte(sealed, 0) <> 1 THEN RETURN NULL; END IF;
  keys := decode(nullif(current_setting('radius.k_' || encode(substr(sealed, 2, 4), 'hex'), true), ''), 'hex');
  IF keys IS NULL THEN RAISE EXCEPTION 'this session has no RADIUS key %', encode(substr(sealed, 2, 4), 'hex'); END IF;
  body := substr(sealed, 1, octet_length(sealed) - 32);
  -- Both sides hashed once more, so that the comparison tells nothing by its duration.
  IF sha256(substr(sealed, octet_length(sealed) - 31))
     <> sha256(hmac(convert_to(place, 'UTF8') || '\\x00'::bytea || body, substr(keys, 33), 'sha256')) THEN RETURN NULL; END IF;
  RETURN convert_from(decrypt_iv(substr(body, 22), substr(keys, 1, 32), substr(body, 6, 16), 'aes-cbc/pad:pkcs'), 'UTF8');
END $$;

-- What a password is checked against. Nobody by that name, or an unreadable password: no rows, and the log-in is refused.
CREATE FUNCTION radius.auth_check(user_name text)
RETURNS TABLE (id integer, username text, attribute text, value text, op text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.n, s.username, a.attribute, a.value, ':='
    FROM (SELECT u.username, u.access, u.session_limit,
                 CASE WHEN u.access <> 'closed'
                   THEN radius.open_secret(u.password_radius, 'subscribers.password_radius:' || u.service_id) END AS password
            FROM subscribers u WHERE u.username = user_name) s
   CROSS JOIN LATERAL (VALUES
     (0, 'Auth-Type', CASE WHEN s.access = 'closed' THEN 'Reject' END),
     (1, 'Cleartext-Password', s.password),
     (2, 'Simultaneous-Use', CASE WHEN s.password IS NOT NULL THEN s.session_limit::text END)) a (n, attribute, value)
   WHERE a.value IS NOT NULL ORDER BY a.n
$$;

-- What the NAS is told about a session. In the walled garden: an address of the garden's pool, and its list.
CREATE FUNCTION radius.auth_reply(user_name text)
RETURNS TABLE (id integer, username text, attribute text, value text, op text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.n, s.username, a.attribute, a.value, ':='
    FROM subscribers s CROSS JOIN radius.settings c CROSS JOIN LATERAL (VALUES
      (0, 'Class', '0x' || encode(convert_to('svc:' || s.service_id, 'UTF8'), 'hex')),
      (1, 'Acct-Interim-Interval', c.interim_seconds::text),
      (2, 'Session-Timeout', (CASE s.access WHEN 'open' THEN c.session_seconds ELSE c.garden_seconds END)::text),
      (3, 'Framed-IP-Address', CASE WHEN s.access = 'open' AND family(s.address) = 4 THEN host(s.address) END),
      (4, 'Framed-IPv6-Prefix', CASE WHEN s.access = 'open' THEN s.ipv6_prefix::text END),
      (5, 'Delegated-IPv6-Prefix', CASE WHEN s.access = 'open' THEN s.delegated_prefix::text END),
      (6, 'Framed-Pool', CASE WHEN s.access <> 'open' THEN c.garden_pool END),
      (7, 'Mikrotik-Address-List', CASE WHEN s.access <> 'open' THEN c.garden_list END),
      -- Receive and transmit as the router sees them: upload first. The router counts 1k as 1000.
      (8, 'Mikrotik-Rate-Limit', s.upload_kbps || 'k/' || s.download_kbps || 'k'),
      (9, 'WISPr-Bandwidth-Max-Down', least(s.download_kbps::bigint * 1000, 4294967295)::text),
      (10, 'WISPr-Bandwidth-Max-Up', least(s.upload_kbps::bigint * 1000, 4294967295)::text)) a (n, attribute, value)
   WHERE s.username = user_name AND s.access <> 'closed' AND a.value IS NOT NULL ORDER BY a.n
$$;

-- Sessions that count against Simultaneous-Use: heard of within three interim intervals (a NAS that died locks nobody
-- out), and not those of the same equipment, which comes back because its old session is gone.
CREATE FUNCTION radius.live_sessions(user_name text, calling_station text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM radius.radacct r
   WHERE r.service_id = (SELECT s.service_id FROM subscribers s WHERE s.username = user_name) AND r.acctstoptime IS NULL
     AND r.heard_at > now() - make_interval(secs => (SELECT 3 * c.interim_seconds FROM radius.settings c))
     AND (nullif(calling_station, '') IS NULL OR r.callingstationid IS DISTINCT FROM calling_station)
$$;

-- The shared secret of the NAS at an address; no row for a stranger, whose packets are then dropped.
CREATE FUNCTION radius.nas_client(source text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT radius.open_secret(d.nas_secret, 'devices.nas_secret:' || d.id)
    FROM devices d WHERE d.nas_address = source::inet AND d.status = 'active'
$$;

-- Notes an attempt. Losing the last ones with the power is no harm, waiting for the disk at every log-in would be.
CREATE FUNCTION radius.note_attempt(user_name text, answer text, why text, nas text, nas_identifier text, nas_port text, calling_station text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO radius.radpostauth (username, reply, reason, partner_id, customer_id, service_id, nasipaddress, nasidentifier, nasportid, callingstationid)
  SELECT user_name, answer, nullif(why, ''), s.partner_id, s.customer_id, s.service_id,
         nullif(nas, '')::inet, nullif(nas_identifier, ''), nullif(nas_port, ''), nullif(calling_station, '')
    FROM (SELECT) one LEFT JOIN subscribers s ON s.username = user_name;
  RETURN true;
END $$;
`;
