// Paths of variables, such as `trigger.items[].title`, and the values at them.

const STEP = /\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]|\[(\d*)\]|([^.[\]]+)/g;

/** The root of a path, and its steps: names and indexes. An element of a list, whichever, is the first one. */
export function parsePath(path) {
  const steps = [...path.matchAll(STEP)].map(([, double, single, index, name]) => {
    if (index !== undefined) return Number(index || 0);
    return name ?? double ?? single;
  });
  return { root: steps[0], steps: steps.slice(1) };
}

const isContainer = (value) => value !== null && typeof value === "object";
const has = (value, step) => isContainer(value) && Object.hasOwn(value, step);

/** The value at some steps; undefined if there is none. */
export function valueAt(value, steps) {
  return steps.reduce((inner, step) => (has(inner, step) ? inner[step] : undefined), value);
}

/** A copy of a value with another value at some steps; undefined removes it. What is missing on the way is made. */
export function withValue(value, steps, changed) {
  if (steps.length === 0) return changed;
  const [step, ...rest] = steps;
  const isIndex = typeof step === "number";
  if (changed === undefined && !has(value, step)) return value;
  const copy = isIndex ? (Array.isArray(value) ? [...value] : []) : isContainer(value) && !Array.isArray(value) ? { ...value } : {};
  const inner = withValue(has(copy, step) ? copy[step] : undefined, rest, changed);
  // Unlike an assignment, this is also right for a key such as `__proto__`.
  if (inner !== undefined) Object.defineProperty(copy, step, { value: inner, configurable: true, enumerable: true, writable: true });
  else if (isIndex) copy.splice(step, 1);
  else delete copy[step];
  return copy;
}
