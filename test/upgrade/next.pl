# The changes of next.sql as they stand in the install script of the next version: for
# each, a place in that of this version and what takes it.

my $holiday = do {
	local $/;
	open my $in, '<', 'test/upgrade/next.sql' or die "next.sql: $!";
	<$in> =~ /^(CREATE TABLE wa_holiday.*?)^CREATE OR REPLACE/ms or die 'next.sql has no wa_holiday';
	$1;
};

(
	[ qr/(?<=CREATE TABLE wa_incident )(\(.*?recorded_at [^\n]*,\n)/s, sub { "$_[0]\tticket text NOT NULL DEFAULT '',\n" } ],
	[ qr/^(COMMENT ON TABLE wa_incident )/m, sub { "COMMENT ON COLUMN wa_incident.ticket IS 'Number in the issue tracker';\n$_[0]" } ],
	[ qr/^(CREATE TABLE wa_empty_declaration )/m, sub { "$holiday$_[0]" } ],
	[ qr/(VALUES \(wa_declare_empty\.reason\))/, sub { 'VALUES (pg_catalog.btrim(wa_declare_empty.reason))' } ],
	[ qr/(confirmed_flush_lsn\) AS behind_bytes,\n\twal_status\n)/, sub { "confirmed_flush_lsn) AS behind_bytes,\n\twal_status, temporary\n" } ],
	[ qr/^(COMMENT ON COLUMN wa_publication_status\.wal_status )/m, sub { "COMMENT ON COLUMN wa_publication_status.temporary IS 'Does it go with its connection?';\n$_[0]" } ],
);
