/**
 * Line feeds, tabs and the space itself show as such. Other spaces look like it; Default_Ignorable_Code_Point has letters
 * and marks that show as nothing, U+2800 is a blank of Braille: https://www.unicode.org/reports/tr44/
 */
const INVISIBLE = /(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text with the characters that control a terminal, that show as nothing, or that change the order in which others show,
 * as codes: `\u202e`. Inside JSON they are JSON's own codes, so that a document keeps its values.
 */
function visible(text) {
  return text.replaceAll('\r\n', '\n').replace(INVISIBLE, (character) =>
    // Two codes for a character outside of the basic plane, as in JSON.
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

module.exports = { visible };
