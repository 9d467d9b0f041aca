// Prints one line for each spelling that wa_recipient must read: spelling|number,
// the number being the E.164 digits that libphonenumber knows.  Every country's
// example of a mobile number in every dress; numbers that begin with 0; and all
// area codes of Argentina with 15 behind them.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';

const load = (name) =>
  JSON.parse(fs.readFileSync(createRequire(import.meta.url).resolve(name)));
const examples = load('libphonenumber-js/examples.mobile.json');
const metadata = load('libphonenumber-js/metadata.max.json');

// Positions inside the packed metadata of one country.
const LENGTHS = 3, PARSE_PREFIX = 7, TYPES = 11, SUBSCRIBERS = [0, 1];

const print = (spelling, digits) => console.log(`${spelling}|${digits}`);

// National numbers of subscribers that begin with 0: one of each length.
function zeroLed(country) {
  const packed = metadata.countries[country];
  const found = new Map();
  for (const type of SUBSCRIBERS) {
    const [pattern, lengths] = packed[TYPES]?.[type] || [];
    if (!pattern)
      continue;
    const regexp = new RegExp(`^(?:${pattern})$`);
    for (const length of lengths?.length ? lengths : packed[LENGTHS])
      for (let i = 0; i < 10000 && !found.has(length); i++) {
        const national = `0${String(i).padStart(4, '0')}1234567890`.slice(0, length);
        if (regexp.test(national))
          found.set(length, national);
      }
  }
  return [...found.values()];
}

const wide = (text) =>
  text.replace(/[+0-9]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xFEE0));

function dresses(code, national, number) {
  const digits = code + national;
  const pretty = number.formatInternational();
  return [
    digits, '+' + digits, '00' + digits, pretty, pretty.replace('+', '00'), pretty.slice(1),
    pretty.replace(/ /g, '\u00a0'), pretty.replace(/ /g, '\u2011'), pretty.replace(/ /g, '.'),
    `\u202a${pretty}\u202c`, wide(pretty), `(+${code}) ${national}`, `+${code} (${national})`,
    number.format('RFC3966'), `whatsapp:+${digits}`, `p:+${digits}`, `'${pretty}`, `"${pretty}",`,
    `${digits}@s.whatsapp.net`, `${digits}:7@s.whatsapp.net`, `${digits}@c.us`, `${digits}.0`,
    `${pretty};`, `${pretty}\r`,
    // At home, with the code in front.
    `+${code} ${number.formatNational()}`, `00${code} ${number.formatNational()}`,
    `+${code} (0)${national}`, `+${code} (0) ${national}`, `+${code}(0)${number.formatNational()}`,
  ];
}

for (const country of getCountries()) {
  const number = getExampleNumber(country, examples);
  const own = zeroLed(country);
  const code = metadata.countries[country][0];
  for (const national of own)
    for (const start of ['+', '00', ''])
      print(`${start}${code} ${national}`, code + national);
  if (number === undefined)
    continue;

  const national = number.nationalNumber;
  // What WhatsApp leaves out of Argentina's mobiles.
  const digits = code + (country === 'AR' ? national.slice(1) : national);
  for (const spelling of dresses(code, national, number))
    print(spelling, digits);
  // A bare 0 is no part of a number that is too long with it.
  if (own.length === 0) {
    print(`+${code} 0${national}`, digits);
    print(`${code}0${national}`, digits);
  }
}

// 0, area code of two to four digits, 15, the rest.
const argentine = new RegExp(`^(?:${metadata.countries.AR[PARSE_PREFIX]})`);
for (let area = 11; area < 4000; area = area === 11 ? 200 : area === 399 ? 2000 : area + 1) {
  const rest = '23456789'.slice(0, 10 - String(area).length);
  if (argentine.exec(`0${area}15${rest}`)?.[1] !== String(area))
    continue;
  for (const start of ['54 ', '+54 0', '+54 (0)', '+54 9 ', '+54 9 0'])
    print(`${start}${area} 15 ${rest}`, `54${area}${rest}`);
}
