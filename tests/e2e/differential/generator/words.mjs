// The raw material of templates and data: names, texts, numbers, dates, formats, zones, and text that is no Liquid at all.

export const NAMES = {
  string: ['title', 'name', 'note', 's'],
  number: ['n', 'price', 'count', 'total'],
  array: ['items', 'tags', 'list', 'a'],
  object: ['user', 'product', 'map', 'o'],
  date: ['at', 'day', 'sent_at'],
  boolean: ['ok', 'flag'],
  null: ['nothing', 'void']
}

/** Keys that are awkward to write, to order or to look up. */
export const ODD_NAMES = [
  'a-b', 'x?', 'é', '日本', 'ключ', '😀', '0', '1', '10', '007', '-1', '1a', '1e3', '1-2', '4294967295', '-', '?', '_', '', ' ', 'a b', 'a.b', 'a"b', "it's", 'A',
  'size', 'first', 'last', 'length', 'key', 'forloop', 'tablerowloop', 'item', 'block', 'i',
  'and', 'or', 'not', 'contains', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'nilly', 'in',
  'constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty', 'toLiquid'
]

export const MEMBER_NAMES = ['id', 'name', 'price', 'tags', 'ok', 'at', 'on', 'x', 'y', 'deep']
export const LOOP_NAMES = ['i', 'item', 'x', 'e']
export const ASSIGNED_NAMES = ['v', 'w', 'result', 'x', 'a-b', 'title', 'n', 'é', '2nd', '_']
export const MISSING_NAMES = ['missing', 'user.missing', 'gone.away.far', 'items[99]', 'items[-9]', 'ghost["x"]', 'ghost[gone]']

export const STRINGS = [
  '', ' ', '   ', '\t', '\n', '\r\n', 'a', 'A', 'ab', 'abc', 'Hello, world', 'hello WORLD', 'the quick brown fox jumps', ' padded ', '\n x \t',
  'a,b,c', 'a, b,, c,', ',', '-', 'a-b-c', 'b,a,C,B,10,9', 'x=1&y=2', 'foo/bar?q=1#top', 'http://example.com/ä b?x=[1]', "it's", 'say "hi"', 'back\\slash', '$& $1 $$',
  '<b>bold</b>', '<p class="x">A &amp; B</p>', '<script>alert(1)</script>after', '<style>p{}</style><!-- c -->x', 'a < b > c & d', '&lt;&#39;&quot;&amp;amp;', '<br', '<!-- open',
  'one\ntwo\r\nthree', 'line\n\nline', '%', '%20', '100%', '{{ x }}', '{% if %}', '%}', '}}', '{', 'null', 'true', 'nil', 'NaN', 'Infinity',
  'é', 'É', 'ñandú', 'straße', 'ẞ', 'ΑΣ ΣΑΣ', 'İstanbul', 'ﬁn', 'naïve café', 'e\u0301', 'Ǆ', '日本語', '日本 text 漢字', 'こんにちは world', '한국어', 'Привет', '😀', '👨‍👩‍👧 family', 'a😀b', '🇩🇪',
  'a\u00a0b', '\u00a0x\u00a0', '\ufeffbom', '\u2028', '\u200bzero', 'x\u0000y', '\u0085', '\u3000', '“quoted”', 'a\u001fb', '\u{10ffff}',
  'MixedCase_snake-kebab', 'Ünïcödé Sluggy! (2)', '  multiple   spaces  here ', 'aaa', 'abcabc', 'xXxX', '...'
]

export const NUMERIC_STRINGS = [
  '0', '1', '2', '10', '-1', '3.7', '-0', '007', '1e2', '0x10', ' 5 ', '5a', '.5', '5.', '1,000', '1_000', '+3', '--1', '12345678901234567890', '1e400', '0b11', '٣'
]

/** None lies between the size where a range is cheap and the one where the memory limit refuses it. */
export const NUMBERS = [
  0, -0, 1, 2, 3, 4, 5, 7, 10, 42, 100, 999, 1000, -1, -2, -3, -10, -42, 0.1, 0.5, 1.5, 2.5, 3.14159, -0.5, -1.5, 1.005, 2.675, 0.1 + 0.2, 1e-7, 1.5e-10, 5e-324,
  1700000000, 4294967296, -2147483649, 9007199254740991, 9007199254740993, 12345678901234567890, 1e20, 1e21, 1.5e21, -1e21, 1.7976931348623157e308, 123456789.123, 0.000001, 1e-6
]

/** Number literals as a template may spell them; the last ones are names or errors. */
export const NUMBER_LITERALS = [
  '0', '1', '2', '3', '5', '10', '100', '-1', '-2', '-0', '+1', '1.', '1.0', '1.5', '-1.5', '+2.5', '0.1', '007', '00', '3.10', '123456789012345678901234567890', '0.0000001', '1000000000000000000000'
]
export const ODD_NUMBER_LITERALS = ['.5', '1e3', '1.2.3', '1..2', '--1', '- 1', '1a', '1-2', '0x10', '1_000', '+', '-', '1.x', '1.5.size']

export const DATES = [
  '2024-01-05', '2024-02-29', '2024-12-31', '2023-02-30', '2024-13-01', '2024-01-05T10:20:30Z', '2024-01-05T10:20:30', '2024-01-05T10:20:30.123Z', '2024-01-05T10:20:30.123456Z',
  '2024-01-05T10:20:30+05:30', '2024-01-05T10:20:30-0800', '2024-01-05 10:20:30', '2024-01-05 10:20:30 UTC', '2024-01-05 10:20:30 +0200', '2024-01-05T24:00:00Z', '2024-01-05T25:00', '2024-01', '2024',
  '2024-1-5', '2024/01/05', '01/05/2024', '1/5/24', '5 Jan 2024', 'Jan 5 2024', 'Jan 5, 2024', 'January 5, 2024 3:04 PM', 'Fri, 05 Jan 2024 10:20:30 GMT', 'Fri Jan 05 2024 10:20:30 GMT+0100', 'March 14, 2016',
  'Jan 5', 'Mon', '10:20', '0', '1', '-1', '12', '32', '49', '50', '99', '1700000000', '1700000000000', '99999999999', '253402300800', '+010000-01-01T00:00:00Z', '-000001-01-01', '0000-01-01', '0099-06-15',
  '1969-12-31T23:59:59Z', '1900-03-01', '1582-10-15', '2024-03-10T02:30:00', '2024-11-03T06:00:00Z', '2000-01-01T00:00:00Z', 'not a date', '2024-01-05 PST', '2024-01-05 EST', '2024-01-05T10:20Z ', ' 2024-01-05',
  '2024-06-15T12:00:00Z', '2024-01-01T00:00:00Z', '2020-12-27', '2021-01-03', '(comment) 5 Jan 2024', 'Jan 5 2024 (noon)', '5 jan 2024 12:30 am', '2024-01-05T', 'Sept 1 2024'
]

export const DATE_FORMATS = [
  '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S%z', '%d/%m/%y', '%b %d, %Y', '%B %-d, %Y', '%A, %B %-e, %Y at %-l:%M %P %z', '%a %e %h', '%H:%M:%S.%L', '%I:%M %p', '%s', '%j', '%U %W', '%u %w', '%C %y', '%c', '%x', '%X',
  '%q', '%-d%q', '%N', '%3N', '%6N', '%12N', '%Z', '%:z', '%z', '%%', '%t|%n', '%F', '%D %T %R', '%', '%5', 'plain', '', '%Q', '%e|%k|%l', '%-m/%-d', '%_m', '%05d', '%^a %^B', '%#p', '%#b', '%10A', '%-10A', '%_5Y', '%010Y',
  '%Ey', '%Od', '%-H', '%0e', '%^Z', '%::z', '%_-d', '%é', '%Y年%m月%d日', '%\nY', '%G-%V', '%-I:%M%P'
]

export const ZONES = [
  '0', '360', '-330', '90', '1.5', '"UTC"', '"America/New_York"', '"Asia/Tokyo"', '"Europe/Berlin"', '"Asia/Kolkata"', '"Australia/Lord_Howe"', '"America/Sao_Paulo"', '"Etc/GMT+5"', '"Pacific/Apia"', '"asia/tokyo"',
  '"EST"', '"GMT"', '"Nowhere/City"', '"+05:00"', '"360"', '""', 'nil', 'true'
]

export const ENCODED = ['a%20b', 'a+b', '%E6%97%A5', '%C3%A9', '%', '%zz', '%E6', '%ff', 'x%3D1%26y', '%F0%9F%98%80', '%00', 'plain']
export const BASE64 = ['aGVsbG8=', 'aGVsbG8', 'YQ==', 'YQ', '', ' YWJj ', 'YW\nJj', '5pel5pys', '_-_-', '****', '/w==', 'a', 'YQ=', '=', '8J+YgA==', 'YWJjZA=a']

export const TEXTS = [
  'hello', ' ', '  ', '\n', '\n\n', ' \n ', '\t', 'a b', '<p>', '</p>', '<br/>', ': ', ', ', '|', '%', '{', '}', '{ {', '} }', '%}', '}}', '"', "'", 'é', '日本', '😀', '\u00a0', '\r\n', '\\', '-', '$', '{"title": "', '"}', '\ufeff', '#', '\u2028'
]

/** What mutations insert. */
export const STRAY_PIECES = [
  '%}', '}}', '{{', '{%', '-%}', '{%-', '-}}', '{{-', '|', '||', ':', ',', '.', '..', '[', ']', '(', ')', '"', "'", '\\', '=', '==', '!=', '<>', '<', '>', '-', '+', '?', '#', '&', '~', '^', '@', '!', ';', '$', '`', '*', '/', '{', '}', '%',
  ' and ', ' or ', ' not ', ' contains ', ' in ', ' with ', ' as ', ' for ', '\n', ' ', '\u00a0', '\ufeff', '“', 'é', '😀', '0', 'x', '{% raw %}', '{% endraw %}', '{% else %}', '{% endif %}', '{% endfor %}', '{% comment %}', '{% endcomment %}',
  '{% elsif true %}', '{% when 1 %}', '{% else x %}', '{% endif x %}', '{% unknown %}', '{% end %}', '{%%}', '{{}}', '{% %}', '{{ }}', '{% liquid %}', '{% 1 %}', '{%}', '{{}', '{% if %}', '{% for %}', '{% assign %}', '{% break %}', '{% continue %}', '{% # note\nx %}'
]

export const UNKNOWN_FILTERS = ['nosuch', 'h', 'upcase2', 'Upcase', 'url_escape', 'strip_tags', '日本', '1', 'toString', 'constructor', '-', 'size?']
export const UNKNOWN_TAGS = ['nosuch', 'endnosuch', 'If', 'end', 'ifchanged', 'doc', 'elseif', 'elif', 'while', 'set', 'toString', 'constructor', '日本', '1', '-x']
