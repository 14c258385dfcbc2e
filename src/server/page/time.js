// Relative times, based on the server's clock.

let ahead = 0; // how far the server's clock is ahead, in milliseconds
let frozenAt = null;

export function setClock(clock) {
  ahead = Date.parse(clock.now) - Date.now();
  frozenAt = clock.frozen ? Date.parse(clock.now) : null;
}

const now = () => frozenAt ?? Date.now() + ahead;

function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const count = Math.round(seconds / length);
    if (seconds >= length * 0.99) return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return `${Math.max(seconds, 0)} seconds`;
}

export function age(timestamp) {
  const past = now() - Date.parse(timestamp);
  if (past < 0) return `in ${duration(-past)}`;
  return past < 5000 ? "just now" : `${duration(past)} ago`;
}

export function expiry(timestamp) {
  const left = Date.parse(timestamp) - now();
  return left > 0 ? `expires in ${duration(left)}` : "expired";
}

/** Updates the relative times on the page. */
export function tick() {
  for (const element of document.querySelectorAll("[data-age]")) element.textContent = age(element.dataset.age);
  for (const element of document.querySelectorAll("[data-expiry]")) element.textContent = expiry(element.dataset.expiry);
}
