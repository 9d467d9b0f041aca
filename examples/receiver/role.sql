-- The role that a receiver logs in as:
--
--     psql -v role=wa_receiver -f role.sql
--
-- It may insert webhooks and report errors, and nothing else.  The time-out
-- belongs to the role, so that it holds behind PgBouncer as well, and ends
-- what a receiver has given up waiting for.

\set ON_ERROR_STOP on
\if :{?role} \else \set role wa_receiver \endif
\if :{?statement_timeout} \else \set statement_timeout 15s \endif

SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role')
\gexec
GRANT wa_writer TO :"role";
ALTER ROLE :"role" SET statement_timeout = :'statement_timeout';
ALTER ROLE :"role" SET idle_in_transaction_session_timeout = '60s';
-- 200 must mean that it is on disk, whatever the server's own setting.
ALTER ROLE :"role" SET synchronous_commit = 'on';
-- What people write does not go into the server's log, where slow statements are
-- logged with their parameters.
ALTER ROLE :"role" SET log_parameter_max_length = 0;
ALTER ROLE :"role" SET log_parameter_max_length_on_error = 0;
