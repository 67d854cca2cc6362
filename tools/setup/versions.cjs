'use strict';

/** The first version number in a tool's answer, as numbers: `openjdk version "17.0.15"` → [17, 0, 15]; Java's old 1.8 → [8]. */
function parseVersion(text) {
  const match = /(\d+(?:\.\d+)+|(?<=version "?v?)\d+)/.exec(text);
  if (match === null) return undefined;
  const numbers = match[0].split('.').map(Number);
  const oldJava = /java|jdk/i.test(text) && numbers[0] === 1;
  return oldJava ? numbers.slice(1) : numbers;
}

/** True when `version` is `minimum` or newer; both are [major, minor, …]. */
function isAtLeast(version, minimum) {
  for (const [index, least] of minimum.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

module.exports = { isAtLeast, parseVersion };
