// Damage: what a slip of the hand does to a template.
import { STRAY_PIECES } from './words.mjs'

/** Damage to the list of pieces: what is missing, doubled or out of place. */
export function mutatePieces (random, pieces) {
  if (!pieces.length) return pieces
  const at = random.integer(0, pieces.length - 1)
  const other = random.integer(0, pieces.length - 1)
  const tags = pieces.filter(piece => piece.tag)
  return random.weighted([
    [3, () => pieces.toSpliced(at, 1)],
    [1, () => pieces.toSpliced(at, 0, pieces[at])],
    [1, () => pieces.toSpliced(at, 1).toSpliced(other, 0, pieces[at])],
    [2, () => pieces.toSpliced(at, 0, { tag: random.pick(['else', 'elsif', 'when', 'endif', 'endfor', 'endcase', 'endunless', 'endcapture', 'endtablerow', 'endcomment', 'endraw', 'endblock', 'break', 'raw', 'comment']), body: random.pick(['', '', 'true', 'x']) })],
    [1, () => pieces.slice(0, at)],
    [1, () => tags.length ? pieces.with(pieces.indexOf(random.pick(tags)), { ...random.pick(tags), body: random.pick(['', '?', 'x', '%', '"', '1 2']) }) : pieces]
  ])()
}

/** Damage to the text. */
export function mutateText (random, template) {
  const at = random.integer(0, template.length)
  const length = random.weighted([[5, 1], [2, 2], [1, random.integer(1, 8)]])
  const before = template.slice(0, at)
  const damaged = random.weighted([
    [4, () => before + template.slice(at + length)],
    [4, () => before + random.pick(STRAY_PIECES) + template.slice(at)],
    [2, () => before + template.slice(at, at + length) + template.slice(at)],
    [1, () => before + random.pick(STRAY_PIECES) + template.slice(at + length)],
    [1, () => before],
    [1, () => template.slice(at)],
    [1, () => template.replace(random.pick(['"', "'", '%}', '}}', ')', ']', '{{', '|', ':', ' ']), '')]
  ])()
  return damaged.toWellFormed() // what is cut in the middle of a pair cannot be sent as JSON
}
