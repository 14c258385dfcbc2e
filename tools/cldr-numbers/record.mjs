// Records what this Node's Intl.NumberFormat prints, as test data for src/customerio/intl.
//
//   node record.mjs            writes src/customerio/intl/answers.jsonl
//   node record.mjs --check    compares with it; exit code 1 if a byte differs
import { readFileSync, writeFileSync } from 'node:fs'
import { Random } from '../../tests/e2e/differential/generator/random.mjs'

const ANSWERS = new URL('../../src/customerio/intl/answers.jsonl', import.meta.url)
const LOCALES = new URL('../../src/customerio/intl/data/locales.tsv', import.meta.url)
const SEED = 1

const NUMBERS = [
  0, -0, 1, -1, 7, 12, -99, 100, 999, 1000, 1234, 9999, 10000, 99999, 123456, 1234567, 12345678, 123456789, 1e12, -1e15, 9007199254740991, 1e21, 1.7976931348623157e308, 5e-324, 0.1, 0.5, 1.5, 2.5, 3.5, -2.5, 0.005, 0.0005, 1.005, 1.0049, 2.675,
  0.004999, 0.995, 99.995, 999.9995, 999999.999, 1234.5, -1234.5, 98765.4321, 0.1 + 0.2, 1e-7, 123456.78, -9876543.215, 1 / 3, 2 / 3, NaN, Infinity, -Infinity
]
const CODES = ['USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'INR', 'CNY', 'BRL', 'MXN', 'SEK', 'NOK', 'DKK', 'PLN', 'KRW', 'BHD', 'KWD', 'CLP', 'ISK', 'HUF', 'TRY', 'ILS', 'ZAR', 'AED', 'IRR', 'VND', 'UAH', 'XAU', 'XYZ', 'eur']

/** Widely used locales, with the money of their regions (ISO 4217): what is meant where no code is given. */
const HOMES = {
  en: 'USD', 'en-US': 'USD', 'en-GB': 'GBP', 'en-CA': 'CAD', 'en-AU': 'AUD', 'en-IN': 'INR', 'en-IE': 'EUR', 'en-NZ': 'NZD', fr: 'EUR', 'fr-CA': 'CAD', 'fr-CH': 'CHF', de: 'EUR', 'de-AT': 'EUR', 'de-CH': 'CHF', es: 'EUR', 'es-MX': 'MXN', 'es-AR': 'ARS', it: 'EUR', 'pt-BR': 'BRL', 'pt-PT': 'EUR',
  nl: 'EUR', 'sv-SE': 'SEK', 'da-DK': 'DKK', 'nb-NO': 'NOK', 'fi-FI': 'EUR', 'pl-PL': 'PLN', 'cs-CZ': 'CZK', 'hu-HU': 'HUF', 'tr-TR': 'TRY', 'ru-RU': 'RUB', 'uk-UA': 'UAH', 'he-IL': 'ILS', 'ar-EG': 'EGP', 'ar-SA': 'SAR', 'fa-IR': 'IRR', 'hi-IN': 'INR', 'bn-BD': 'BDT', 'th-TH': 'THB', 'vi-VN': 'VND', 'ja-JP': 'JPY', 'ko-KR': 'KRW', 'zh-CN': 'CNY', 'zh-TW': 'TWD', 'my-MM': 'MMK'
}
const NUMBERING_SYSTEMS = ['latn', 'arab', 'arabext', 'beng', 'deva', 'thai', 'fullwide', 'hanidec', 'mymr', 'tibt']

function * questions () {
  const random = new Random(SEED)
  for (const locale of availableLocales()) {
    yield { filter: 'format_number', locale, input: random.pick(NUMBERS) }
    yield { filter: random.pick(['currency', 'rounded_currency']), locale, code: random.pick(CODES), input: random.pick(NUMBERS) }
  }
  for (const [locale, home] of Object.entries(HOMES)) {
    for (const input of NUMBERS) {
      yield { filter: 'format_number', locale, input }
      yield { filter: random.pick(['currency', 'rounded_currency']), locale, code: home, implied: true, input }
    }
    for (const code of CODES) yield { filter: 'currency', locale, code, input: random.pick(NUMBERS) }
  }
  for (const system of NUMBERING_SYSTEMS) {
    for (const stem of ['en', 'de-CH', 'ar-EG', 'hi']) {
      const locale = `${stem}-u-nu-${system}`
      yield { filter: 'format_number', locale, input: random.pick(NUMBERS) }
      yield { filter: 'currency', locale, code: random.pick(CODES), input: random.pick(NUMBERS) }
    }
  }
}

/** The locales that the project has tables for. */
function availableLocales () {
  return readFileSync(LOCALES, 'utf8').split('\n').filter(line => line && !line.startsWith('#')).map(line => line.split('\t')[0])
}

function answer ({ filter, locale, code, input }) {
  const options = {
    format_number: {},
    currency: { style: 'currency', currency: code },
    rounded_currency: { style: 'currency', currency: code, minimumFractionDigits: 0, maximumFractionDigits: 0 }
  }[filter]
  return new Intl.NumberFormat(locale, options).format(input)
}

/** `input` is a string, because JSON has no -0, NaN or Infinity that every reader understands. */
function line (question) {
  const input = Object.is(question.input, -0) ? '-0' : String(question.input)
  return shown(JSON.stringify({ ...question, input, output: answer(question) }))
}

/** Marks and spaces that an editor would not show, as JSON's escapes. */
function shown (text) {
  return text.replace(/(?! )[\p{Z}\p{C}]/gu, character => [...Array(character.length).keys()].map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''))
}

const lines = [...new Set([...questions()].map(line))]
const header = { answers: lines.length, seed: SEED, recorder: 'tools/cldr-numbers/record.mjs', cldr: process.versions.cldr, icu: process.versions.icu }
const text = [JSON.stringify(header), ...lines, ''].join('\n')
if (!process.argv.includes('--check')) {
  writeFileSync(ANSWERS, text)
  console.log(`${lines.length} answers of Intl written`)
} else {
  const recorded = readFileSync(ANSWERS, 'utf8').split('\n')
  const expected = text.split('\n')
  const at = Array.from({ length: Math.max(recorded.length, expected.length) }).findIndex((_, index) => recorded[index] !== expected[index])
  if (at !== -1) {
    console.error(`line ${at + 1} of the recorded answers differs\n  recorded ${recorded[at]}\n  expected ${expected[at]}\n  this Node has CLDR ${process.versions.cldr}`)
    process.exit(1)
  }
  console.log(`${lines.length} recorded answers are those of Intl`)
}
