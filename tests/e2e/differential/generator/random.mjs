// Choices that a seed decides. Every case has its own generator, so that any case can be made again without the ones before it.

export class Random {
  #state

  constructor (...seeds) {
    this.#state = seeds.reduce((state, seed) => mix(state ^ seed), 0x9e3779b9)
  }

  /** A number in [0, 1). */
  next () {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    return (mix(this.#state) >>> 0) / 2 ** 32
  }

  /** An integer from `low` to `high`, both included. */
  integer (low, high) {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance (probability) {
    return this.next() < probability
  }

  pick (choices) {
    return choices[Math.floor(this.next() * choices.length)]
  }

  /** One of `[weight, choice]` pairs. */
  weighted (pairs) {
    let point = this.next() * pairs.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, choice] of pairs) {
      point -= weight
      if (point < 0) return choice
    }
    return pairs.at(-1)[1]
  }

  /** `low` to `high` results of `make`. */
  several (low, high, make) {
    return Array.from({ length: this.integer(low, high) }, (_, index) => make(index))
  }
}

/** A well-spreading 32-bit hash (the finaliser of MurmurHash3). */
function mix (value) {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
