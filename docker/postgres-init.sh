#!/bin/bash
# Runs once, on an empty volume, as the superuser. Three roles: one owns the schema, one runs the application and owns
# nothing, so that row level security binds it, and one is the RADIUS server's, which may call a few functions.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set owner_password="$ISP_OWNER_PASSWORD" --set app_password="$ISP_APP_PASSWORD" \
  --set radius_password="$ISP_RADIUS_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE isp_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE isp_app LOGIN PASSWORD :'app_password' NOSUPERUSER NOBYPASSRLS;
CREATE ROLE isp_radius LOGIN PASSWORD :'radius_password' NOSUPERUSER NOBYPASSRLS;
GRANT isp_app TO isp_owner;
CREATE DATABASE isp OWNER isp_owner;
REVOKE ALL ON DATABASE isp FROM PUBLIC;
GRANT CONNECT ON DATABASE isp TO isp_app, isp_radius;
SQL
