// Prints one line for each number that wa_region must agree on with
// libphonenumber: digits,country.  Numbers which libphonenumber puts nowhere
// are left out.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import {
  getCountries, getExampleNumber, parsePhoneNumberFromString as parse,
} from 'libphonenumber-js/max';

const load = (name) =>
  JSON.parse(fs.readFileSync(createRequire(import.meta.url).resolve(name)));
const examples = load('libphonenumber-js/examples.mobile.json');
const metadata = load('libphonenumber-js/metadata.max.json');

// Positions inside the packed metadata of one country.
const LENGTHS = 3, TYPES = 11, KINDS = { fixed: 0, mobile: 1, voip: 8 };
// How many numbers of one territory and kind are printed at most.
const SAMPLE = 100;

const printed = new Set();

function print(digits) {
  const country = parse('+' + digits)?.country;
  if (country !== undefined && !printed.has(digits)) {
    printed.add(digits);
    console.log(`${digits},${country}`);
  }
  return country;
}

// The mobile example of every country.
for (const country of getCountries()) {
  const number = getExampleNumber(country, examples);
  if (number !== undefined)
    print(number.number.slice(1));
}

// Every North American area code that is in use.
for (let area = 200; area <= 999; area++)
  ['2345678', '7331234', '9612345'].some((local) => print(`1${area}${local}`));

// The territories that share any other calling code: a sample of the numbers
// that begin with each possible six digits.
const tried = new Set();
for (const [code, countries] of Object.entries(metadata.country_calling_codes)) {
  if (code === '1' || countries.length === 1)
    continue;
  for (const country of countries) {
    const packed = metadata.countries[country];
    for (const kind of Object.values(KINDS)) {
      const [pattern, lengths] = packed[TYPES]?.[kind] || [];
      if (!pattern || tried.has(code + pattern))
        continue;
      tried.add(code + pattern);
      const regexp = new RegExp(`^(?:${pattern})$`);
      for (const length of lengths ?? packed[LENGTHS]) {
        const found = [];
        const known = Math.min(length, 6);
        for (let i = 0; i < 10 ** known; i++) {
          const national = String(i).padStart(known, '0') + '123456789'.slice(0, length - known);
          if (regexp.test(national))
            found.push(code + national);
        }
        const step = Math.max(1, found.length / SAMPLE);
        for (let i = 0; i < found.length; i += step)
          print(found[Math.floor(i)]);
      }
    }
  }
}
