// The values that the systematic cases try everywhere, as they are spelled in the data's JSON text.

/** `[name, JSON text]`; without a text the variable is missing. */
export const VALUES = [
  ['missing'],
  ['null', 'null'],
  ['true', 'true'],
  ['false', 'false'],
  ['zero', '0'],
  ['negative zero', '-0'],
  ['one', '1'],
  ['negative', '-3'],
  ['fraction', '2.5'],
  ['whole fraction', '7.0'],
  ['exponent', '1e2'],
  ['large', '1e21'],
  ['small', '1.5e-7'],
  ['timestamp', '1700000000'],
  ['empty string', '""'],
  ['spaces', '" \\t\\n"'],
  ['word', '"Hello"'],
  ['words', '"  the Quick, brown\\n fox\\tjumps "'],
  ['digits', '"12"'],
  ['decimal digits', '" -3.70"'],
  ['markup', '"<p class=\\"x\\">A &amp; B</p><br>\\r\\n<!-- c -->it\'s"'],
  ['accents', '"Ünïcödé straße É"'],
  ['wide characters', '"日本 text 😀👨‍👩‍👧"'],
  ['date', '"2024-02-29T23:59:58Z"'],
  ['date with zone', '"5 Jan 2024 10:20 +0530"'],
  ['encoded', '"a%20b+c%C3%A9&x=1/?#"'],
  ['base64', '"aGVsbG8gd8O2cmxk"'],
  ['array', '[]'],
  ['numbers', '[3,1,2,10,2]'],
  ['strings', '["b","a","C","é","10","9","b"]'],
  ['mixed', '["1",1,true,null,2.5,"",[],{"id":1},false]'],
  ['nested', '[[3,[4]],[1],[],[[2]]]'],
  ['rows', '[{"id":2,"name":"Bo","ok":true,"tags":["x","y"]},{"id":1,"name":"al","ok":false,"tags":[]},{"id":2,"name":"Cy","deep":{"x":5}},{"id":null,"name":"Bo","ok":true}]'],
  ['object', '{}'],
  ['record', '{"id":7,"name":"Ada","size":3,"first":"F","tags":["x"],"deep":{"x":[1,{"y":null}]}}'],
  ['pairs', '{"b":1,"10":"x","a":[1,2],"2":null}']
]

/** Values by the kind that a filter's `input` names in builtins.json. */
export const SUITABLE = {
  string: ['word', 'words', 'accents', 'wide characters', 'markup'],
  encoded: ['encoded', 'word', 'accents'],
  base64: ['base64', 'word', 'accents'],
  number: ['one', 'negative', 'fraction', 'decimal digits', 'large'],
  date: ['date', 'date with zone', 'timestamp', 'zero', 'word'],
  array: ['rows', 'strings', 'numbers', 'mixed', 'nested'],
  sequence: ['words', 'strings', 'wide characters', 'numbers', 'rows'],
  any: ['record', 'words', 'numbers', 'false', 'null']
}

const TEXTS = new Map(VALUES)

/** The data's JSON text: `names` maps variables to names of values. */
export function dataText (names) {
  const members = Object.entries(names).filter(([, name]) => textOf(name) !== undefined)
  return `{${members.map(([variable, name]) => `${JSON.stringify(variable)}:${textOf(name)}`).join(',')}}`
}

function textOf (name) {
  if (!TEXTS.has(name)) throw new Error(`no value is called \`${name}\``)
  return TEXTS.get(name)
}
