/**
 * All characters without a visible form except line feeds, tabs and spaces. Default_Ignorable_Code_Point contains invisible
 * letters and marks, U+2800 is the blank Braille pattern: https://www.unicode.org/reports/tr44/
 */
const INVISIBLE = /(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Escapes control characters, invisible characters and characters that change the text direction: `\u202e`. These are valid
 * JSON escapes, so a JSON document keeps its values.
 */
function visible(text) {
  return text.replaceAll('\r\n', '\n').replace(INVISIBLE, (character) =>
    // Two escapes for a character outside of the basic plane, as in JSON.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

module.exports = { visible };
