/**
 * What a RADIUS server tells about sessions, and the exact daily usage that follows from it. The rules for packets that
 * come twice, late or out of order, and for counters that wrap or start anew, are in ADR 13.
 */
export const RADIUS_ACCOUNTING = `
-- Adds what a session carried since its row was last written to the days between the two instants, in proportion to
-- their length; parts are rounded so that they add up.
CREATE FUNCTION radius.add_usage(session radius.radacct, since timestamptz, octets bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  zone text := (SELECT p.time_zone FROM partners p WHERE p.id = session.partner_id);
  until timestamptz := session.acctupdatetime;
  last_day date := (until AT TIME ZONE zone)::date;
  first_day date := least(last_day, greatest((since AT TIME ZONE zone)::date, last_day - 366));
  span numeric;
  passed numeric;
  total bigint[] := octets;
  before bigint[] := '{0,0,0,0}';
  upto bigint[];
BEGIN
  IF first_day = last_day THEN
    INSERT INTO usage_daily AS u (partner_id, customer_id, service_id, day, input_octets, output_octets, ipv6_input_octets, ipv6_output_octets)
    VALUES (session.partner_id, session.customer_id, session.service_id, last_day, octets[1], octets[2], octets[3], octets[4])
    ON CONFLICT (service_id, day) DO UPDATE SET input_octets = u.input_octets + excluded.input_octets,
      output_octets = u.output_octets + excluded.output_octets, ipv6_input_octets = u.ipv6_input_octets + excluded.ipv6_input_octets,
      ipv6_output_octets = u.ipv6_output_octets + excluded.ipv6_output_octets;
    RETURN;
  END IF;
  since := greatest(since, first_day::timestamp AT TIME ZONE zone);
  span := extract(epoch FROM until - since);
  FOR one IN 0 .. last_day - first_day LOOP
    passed := CASE WHEN first_day + one = last_day THEN span
      ELSE extract(epoch FROM ((first_day + one + 1)::timestamp AT TIME ZONE zone) - since) END;
    upto := ARRAY(SELECT div(t * passed, span)::bigint FROM unnest(total) WITH ORDINALITY AS x (t, n) ORDER BY n);
    INSERT INTO usage_daily AS u (partner_id, customer_id, service_id, day, input_octets, output_octets, ipv6_input_octets, ipv6_output_octets)
    VALUES (session.partner_id, session.customer_id, session.service_id, first_day + one,
            upto[1] - before[1], upto[2] - before[2], upto[3] - before[3], upto[4] - before[4])
    ON CONFLICT (service_id, day) DO UPDATE SET input_octets = u.input_octets + excluded.input_octets,
      output_octets = u.output_octets + excluded.output_octets, ipv6_input_octets = u.ipv6_input_octets + excluded.ipv6_input_octets,
      ipv6_output_octets = u.ipv6_output_octets + excluded.ipv6_output_octets;
    before := upto;
  END LOOP;
END $$;

CREATE FUNCTION radius.count_usage() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM radius.add_usage(NEW, NEW.acctstarttime,
      ARRAY[NEW.acctinputoctets, NEW.acctoutputoctets, NEW.acctipv6inputoctets, NEW.acctipv6outputoctets]);
  ELSE
    PERFORM radius.add_usage(NEW, OLD.acctupdatetime, ARRAY[
      NEW.acctinputoctets - OLD.acctinputoctets, NEW.acctoutputoctets - OLD.acctoutputoctets,
      NEW.acctipv6inputoctets - OLD.acctipv6inputoctets, NEW.acctipv6outputoctets - OLD.acctipv6outputoctets]);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER usage_of_new_session AFTER INSERT ON radius.radacct FOR EACH ROW
  WHEN (NEW.service_id IS NOT NULL AND (NEW.acctinputoctets > 0 OR NEW.acctoutputoctets > 0
    OR NEW.acctipv6inputoctets > 0 OR NEW.acctipv6outputoctets > 0))
  EXECUTE FUNCTION radius.count_usage();
CREATE TRIGGER usage_of_session AFTER UPDATE ON radius.radacct FOR EACH ROW
  WHEN (NEW.service_id IS NOT NULL AND (NEW.acctinputoctets, NEW.acctoutputoctets, NEW.acctipv6inputoctets, NEW.acctipv6outputoctets)
    IS DISTINCT FROM (OLD.acctinputoctets, OLD.acctoutputoctets, OLD.acctipv6inputoctets, OLD.acctipv6outputoctets))
  EXECUTE FUNCTION radius.count_usage();

-- How far a counter moved from an earlier value to a later one. Backwards without Gigawords it wrapped at 32 bits;
-- with them it was set to zero in between, and what it shows now is what has passed since.
CREATE FUNCTION radius.moved(earlier bigint, later bigint, wide boolean) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN later >= earlier THEN later - earlier
    WHEN NOT wide AND earlier < 4294967296 THEN later + 4294967296 - earlier ELSE later END
$$;

-- A counter of 64 bits from its attributes; NULL when the packet does not tell it.
CREATE FUNCTION radius.counter(giga text, octets text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT (coalesce(nullif(giga, '')::bigint, 0) << 32) + nullif(octets, '')::bigint
$$;

-- One accounting packet, as text; '' is an attribute that it does not have. Answers what was done with it.
CREATE FUNCTION radius.account(
  status text, unique_id text, session_id text, user_name text, class text, nas text, nas_identifier text, nas_port text,
  calling_station text, called_station text, framed_address text, framed_prefix text, delegated text,
  event_time text, received_at text, delay text, session_time text,
  in_giga text, in_octets text, out_giga text, out_octets text,
  in6_giga text, in6_octets text, out6_giga text, out6_octets text, cause text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  -- Both are seconds since 1970.
  received timestamptz := to_timestamp(received_at::bigint);
  stamp timestamptz := to_timestamp(nullif(event_time, '')::bigint);
  at timestamptz := received - make_interval(secs => coalesce(nullif(delay, '')::bigint, 0));
  stamped boolean := false;
  seconds bigint := nullif(session_time, '')::bigint;
  c1 bigint := radius.counter(in_giga, in_octets);
  c2 bigint := radius.counter(out_giga, out_octets);
  c3 bigint := radius.counter(in6_giga, in6_octets);
  c4 bigint := radius.counter(out6_giga, out6_octets);
  wide boolean := in_giga <> '' OR out_giga <> '' OR in6_giga <> '' OR out6_giga <> '';
  stops boolean := status = 'Stop';
  begun timestamptz;
  -- Without a time stamp of the NAS we go by the arrival, which wanders.
  slack interval := interval '30 seconds';
  known radius.radacct;
  owner record;
BEGIN
  IF status IN ('Accounting-On', 'Accounting-Off') THEN
    INSERT INTO radius.nasreload (nasipaddress, reloadtime, status) VALUES (nas::inet, received, account.status)
    ON CONFLICT (nasipaddress) DO UPDATE SET reloadtime = excluded.reloadtime, status = excluded.status;
    UPDATE radius.radacct SET acctstoptime = acctupdatetime, acctterminatecause = 'NAS-Reboot', closed_by = 'reload'
     WHERE nasipaddress = nas::inet AND acctstoptime IS NULL AND heard_at <= received;
    RETURN 'reloaded';
  END IF;
  IF status NOT IN ('Start', 'Interim-Update', 'Stop') THEN RETURN 'ignored'; END IF;

  -- A clock that is plainly wrong is not believed.
  IF stamp BETWEEN received - interval '7 days' AND received + interval '5 minutes' THEN
    at := stamp;
    stamped := true;
    slack := interval '0';
  END IF;

  -- The ordinary case, in one statement: everything moved forward.
  IF status <> 'Start' THEN
    UPDATE radius.radacct r SET acctupdatetime = greatest(r.acctupdatetime, at), heard_at = greatest(r.heard_at, received),
      acctsessiontime = coalesce(seconds, extract(epoch FROM at - r.acctstarttime)::bigint),
      acctinputoctets = r.acctinputoctets + coalesce(c1 - r.counters[1], 0),
      acctoutputoctets = r.acctoutputoctets + coalesce(c2 - r.counters[2], 0),
      acctipv6inputoctets = r.acctipv6inputoctets + coalesce(c3 - r.counters[3], 0),
      acctipv6outputoctets = r.acctipv6outputoctets + coalesce(c4 - r.counters[4], 0),
      counters = ARRAY[coalesce(c1, r.counters[1]), coalesce(c2, r.counters[2]), coalesce(c3, r.counters[3]), coalesce(c4, r.counters[4])],
      gigawords = r.gigawords OR wide,
      framedipaddress = coalesce(nullif(framed_address, '')::inet, r.framedipaddress),
      framedipv6prefix = coalesce(nullif(framed_prefix, '')::inet, r.framedipv6prefix),
      delegatedipv6prefix = coalesce(nullif(delegated, '')::inet, r.delegatedipv6prefix),
      acctstoptime = CASE WHEN stops THEN greatest(r.acctupdatetime, at) END,
      acctterminatecause = CASE WHEN stops THEN nullif(cause, '') END,
      closed_by = CASE WHEN stops THEN 'nas' END
     WHERE r.acctuniqueid = unique_id AND r.acctstoptime IS NULL
       -- Not of a session that had the id before.
       AND at >= r.acctstarttime - slack
       AND coalesce(seconds, r.acctsessiontime) >= r.acctsessiontime
       AND coalesce(c1, r.counters[1]) >= r.counters[1] AND coalesce(c2, r.counters[2]) >= r.counters[2]
       AND coalesce(c3, r.counters[3]) >= r.counters[3] AND coalesce(c4, r.counters[4]) >= r.counters[4];
    IF FOUND THEN RETURN 'updated'; END IF;
  END IF;

  begun := CASE WHEN status = 'Start' THEN at ELSE at - make_interval(secs => coalesce(seconds, 0)) END;
  LOOP
    SELECT * INTO known FROM radius.radacct r WHERE r.acctuniqueid = unique_id FOR UPDATE;
    EXIT WHEN NOT FOUND;

    IF known.acctstoptime IS NOT NULL THEN
      -- Another session under the id of one that is over?
      IF begun <= known.acctstoptime + slack OR (seconds IS NULL AND status <> 'Start') THEN
        IF known.closed_by = 'nas' OR status = 'Start' OR at <= known.acctupdatetime THEN RETURN 'late'; END IF;
        -- We took it for dead, and it lives.
        UPDATE radius.radacct SET acctstoptime = NULL, acctterminatecause = NULL, closed_by = NULL WHERE radacctid = known.radacctid;
        RETURN radius.account(status, unique_id, session_id, user_name, class, nas, nas_identifier, nas_port, calling_station,
          called_station, framed_address, framed_prefix, delegated, event_time, received_at, delay, session_time,
          in_giga, in_octets, out_giga, out_octets, in6_giga, in6_octets, out6_giga, out6_octets, cause);
      END IF;
    ELSIF status = 'Start' THEN
      IF at <= known.acctupdatetime + slack OR known.acctupdatetime = known.acctstarttime AND known.acctsessiontime = 0 AND NOT stamped THEN
        UPDATE radius.radacct SET acctstarttime = at WHERE radacctid = known.radacctid AND acctstarttime > at;
        RETURN 'late';
      END IF;
    ELSIF at <= known.acctupdatetime + slack THEN
      -- Overtaken by a later packet, which told more. A Stop still ends the session.
      UPDATE radius.radacct SET acctstoptime = greatest(acctupdatetime, at), acctterminatecause = nullif(cause, ''), closed_by = 'nas'
       WHERE radacctid = known.radacctid AND stops;
      RETURN 'late';
    ELSIF coalesce(seconds, known.acctsessiontime) >= known.acctsessiontime THEN
      -- The session goes on, a counter fell: it wrapped, or was set to zero.
      wide := wide OR known.gigawords;
      UPDATE radius.radacct r SET acctupdatetime = at, heard_at = greatest(r.heard_at, received),
        acctsessiontime = coalesce(seconds, extract(epoch FROM at - r.acctstarttime)::bigint),
        acctinputoctets = r.acctinputoctets + coalesce(radius.moved(r.counters[1], c1, wide), 0),
        acctoutputoctets = r.acctoutputoctets + coalesce(radius.moved(r.counters[2], c2, wide), 0),
        acctipv6inputoctets = r.acctipv6inputoctets + coalesce(radius.moved(r.counters[3], c3, wide), 0),
        acctipv6outputoctets = r.acctipv6outputoctets + coalesce(radius.moved(r.counters[4], c4, wide), 0),
        counters = ARRAY[coalesce(c1, r.counters[1]), coalesce(c2, r.counters[2]), coalesce(c3, r.counters[3]), coalesce(c4, r.counters[4])],
        gigawords = wide,
        acctstoptime = CASE WHEN stops THEN at END,
        acctterminatecause = CASE WHEN stops THEN nullif(cause, '') END,
        closed_by = CASE WHEN stops THEN 'nas' END
       WHERE r.radacctid = known.radacctid;
      RETURN 'counter fell';
    END IF;

    -- A new session under a known id, as some equipment gives out after a restart. The old one keeps its row.
    UPDATE radius.radacct SET acctuniqueid = acctuniqueid || ':' || radacctid,
      acctstoptime = coalesce(acctstoptime, acctupdatetime), closed_by = coalesce(closed_by, 'reused'),
      acctterminatecause = CASE WHEN acctstoptime IS NULL THEN 'Lost-Carrier' ELSE acctterminatecause END
     WHERE radacctid = known.radacctid;
    EXIT;
  END LOOP;

  -- The service is named by our own Class, else by the user name.
  IF class ~ '^0x7376633a(3[0-9]){1,9}$' THEN
    SELECT s.partner_id, s.customer_id, s.id AS service_id INTO owner FROM services s
     WHERE s.id = substr(convert_from(decode(substr(class, 3), 'hex'), 'UTF8'), 5)::integer;
  ELSE
    SELECT s.partner_id, s.customer_id, s.service_id INTO owner FROM subscribers s WHERE s.username = user_name;
  END IF;
  INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, nasidentifier,
    nasportid, callingstationid, calledstationid, framedipaddress, framedipv6prefix, delegatedipv6prefix,
    acctstarttime, acctupdatetime, acctstoptime, acctsessiontime, acctinputoctets, acctoutputoctets, acctipv6inputoctets,
    acctipv6outputoctets, acctterminatecause, counters, gigawords, heard_at, closed_by)
  VALUES (unique_id, session_id, user_name, owner.partner_id, owner.customer_id, owner.service_id, nas::inet, nullif(nas_identifier, ''),
    nullif(nas_port, ''), nullif(calling_station, ''), nullif(called_station, ''), nullif(framed_address, '')::inet,
    nullif(framed_prefix, '')::inet, nullif(delegated, '')::inet,
    begun, at, CASE WHEN stops THEN at END, coalesce(seconds, 0), coalesce(c1, 0), coalesce(c2, 0), coalesce(c3, 0),
    coalesce(c4, 0), CASE WHEN stops THEN nullif(cause, '') END,
    ARRAY[coalesce(c1, 0), coalesce(c2, 0), coalesce(c3, 0), coalesce(c4, 0)], wide, received, CASE WHEN stops THEN 'nas' END)
  ON CONFLICT (acctuniqueid) DO NOTHING;
  IF FOUND THEN RETURN 'opened'; END IF;
  -- Another packet of the session came at the same time.
  RETURN radius.account(status, unique_id, session_id, user_name, class, nas, nas_identifier, nas_port, calling_station,
    called_station, framed_address, framed_prefix, delegated, event_time, received_at, delay, session_time,
    in_giga, in_octets, out_giga, out_octets, in6_giga, in6_octets, out6_giga, out6_octets, cause);
END $$;
`;
