#!/bin/bash
# In a new cluster of compose.yaml: the role of the receiver.
set -eu

psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v role=wa_receiver -f "${ROLE_SQL:-/wa_policy/role.sql}"
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$RECEIVER_PASSWORD" \
	<<<"ALTER ROLE wa_receiver PASSWORD :'password'"
