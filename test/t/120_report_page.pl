# wa_report in a browser: what strangers named stays text, nothing is cut off or runs out of the page at any width, and
# every text can be read in light and dark.

use strict;
use warnings;

use lib 'test/t';
use JSON::PP ();
use PostgreSQL::Test::Utils;
use WaTest;
use Test::More;

my ($chromium) = grep { -x } map { ("/usr/bin/$_", "/usr/local/bin/$_") } qw(chromium chromium-browser google-chrome);
plan skip_all => 'there is no chromium: nobody has looked at the page of wa_report' unless $chromium;

my $node = new_node('page');
my $tmp = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', 'CREATE EXTENSION wa_policy');

# A month of messages, a figure of seven digits, and names that want to be markup.
my @planted = ('<script>document.title = "owned"</script>', '"><img src=x onerror="document.title = \'owned\'">',
	"</style></svg><svg onload=\"document.title = 'owned'\">", ('W' x 200));
for my $n (0 .. $#planted)
{
	my $name = literal($planted[$n]);
	$node->safe_psql('postgres', "INSERT INTO wa_message (message_id, recipient, business, sender, category, sent_at, delivered_at, read_at, template, campaign)
		SELECT 'm$n.' || i, ('491510000' || 1000 + i)::wa_recipient, 'b1', 's1', 'marketing', now() - i * interval '1 hour', now() - i * interval '1 hour',
			now() - i * interval '1 hour', $name, $name FROM generate_series(1, 600) AS i;
		INSERT INTO wa_consent_log (recipient, business, register, state, at, origin)
		SELECT recipient, 'b1', 'business', 'stop', delivered_at + interval '1 minute', 'phrase' FROM wa_message WHERE message_id = 'm$n.' || (100 + $n);
		INSERT INTO wa_template (business, name, language, status) VALUES ('b1', $name, 'de', 'PAUSED')");
}
$node->safe_psql('postgres', "INSERT INTO wa_message (message_id, recipient, business, sender, category, failed_at, code)
	SELECT 'f' || i, ('491510000' || 1000 + i)::wa_recipient, 'b1', 's1', 'marketing', now() - i * interval '1 hour', 131026 + 23 * (i % 2) FROM generate_series(1, 300) AS i;
	INSERT INTO wa_message_day (day, business, sender, messages, delivered, read, failed, undelivered)
		VALUES (current_date - 3, 'b1', 's1', 7654321, 7000000, 5000000, 654321, 654321);
	INSERT INTO wa_sender (business, sender, first_seen, last_seen) VALUES ('b1', 's1', now(), now());
	INSERT INTO wa_problem (path, problem, code, detail, received_at) VALUES ('', 'unknown_code', 777777, '', now())");
my $page = $node->safe_psql('postgres', 'SELECT wa_report()');
$node->stop;

# The page as a browser has it, with a script of ours at its end that looks at it and leaves what it finds in the title.
my $look = <<'SCRIPT';
<script id="ours">
for (const d of document.querySelectorAll("details")) d.open = true;
const found = { title: document.title, width: document.documentElement.scrollWidth - innerWidth };
found.elements = document.querySelectorAll('script:not(#ours), img, link, iframe, object, embed').length;
found.requests = performance.getEntriesByType('resource').length;
const painted = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\)$|transparent/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
const light = c => { const v = c.match(/[\d.]+/g).slice(0, 3).map(x => x / 255).map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
found.faint = []; found.cut = []; found.texts = 0;
for (const e of document.querySelectorAll('body *:not(script):not(style)')) {
	const svg = e.closest('svg');
	if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || (svg && e.tagName !== 'text') || !e.getClientRects().length) continue;
	found.texts++;
	const style = getComputedStyle(e), r = ratio(light(svg ? style.fill : style.color), light(painted(e)));
	if (r < 4.5) found.faint.push(e.tagName + ' ' + r.toFixed(2) + ' ' + e.textContent.slice(0, 30));
	const box = e.getBoundingClientRect(), round = (svg || e.closest('section, .cards li, header, footer, main')).getBoundingClientRect();
	if (box.left < round.left - 1 || box.right > round.right + 1 || box.bottom > round.bottom + 1) found.cut.push(e.tagName + ' ' + e.textContent.slice(0, 30));
}
found.lines = [...document.querySelectorAll('.cards b')].filter(b => b.getClientRects().length !== 1 || b.scrollWidth > b.clientWidth).length;
found.unnamed = [...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') !== 'img' || !s.getAttribute('aria-labelledby').split(' ').every(i => document.getElementById(i)?.textContent)).length;
found.headers = [...document.querySelectorAll('th')].filter(t => !t.scope).length;
found.dark = light(getComputedStyle(document.body).backgroundColor) < 0.2;
document.title = 'found ' + JSON.stringify(found);
</script>
SCRIPT
open(my $file, '>', "$tmp/page.html") or die $!;
binmode $file;
print $file $page =~ s/<\/body>/$look<\/body>/r;
close $file;

# A browser that does not come up is no verdict on the page.
sub look_at
{
	my ($width, $dark) = @_;
	local $ENV{HOME} = $tmp;
	my $dom = '';
	IPC::Run::run([ $chromium, qw(--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run --dump-dom),
		"--user-data-dir=$tmp/profile", "--window-size=$width,2000", '--blink-settings=preferredColorScheme=' . ($dark ? 0 : 1), "file://$tmp/page.html" ],
		'>', \$dom, '2>', "$tmp/chromium.log", IPC::Run::timeout(120));
	my ($json) = $dom =~ /<title>found (.*?)<\/title>/s or return {};
	$json =~ s/&lt;/</g; $json =~ s/&gt;/>/g; $json =~ s/&amp;/&/g;
	return JSON::PP::decode_json($json);
}

for my $width (500, 900, 1400)
{
	for my $dark (0, 1)
	{
		my $found = look_at($width, $dark);
		my $what = "$width pixels, " . ($dark ? 'dark' : 'light');
		is($found->{title}, 'WhatsApp report', "$what: no planted script ran") or diag(slurp_file("$tmp/chromium.log"));
		is("$found->{elements}, $found->{requests}", '0, 0', "$what: no planted element, nothing from elsewhere");
		cmp_ok($found->{texts}, '>', 60, "$what: there is something to read");
		is_deeply($found->{faint}, [], "$what: all of it can be read");
		is_deeply($found->{cut}, [], "$what: nothing is cut off");
		is("$found->{width}, $found->{lines}", '0, 0', "$what: nothing is wider than the page, and no figure is broken");
		is("$found->{unnamed}, $found->{headers}", '0, 0', "$what: charts have names, and headers say of what");
		is(!!$found->{dark}, !!$dark, "$what: it is");
	}
}
done_testing();
