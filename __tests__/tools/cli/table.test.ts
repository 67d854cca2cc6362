import { parseMarkdownTable, renderTable } from '../../../tools/cli/table';

test('Text is aligned left and numbers right.', () => {
  const rows = ['a 5', 'longer 1,200'].map((row) => row.split(' '));
  expect(renderTable(['name', 'count'], rows)).toBe(
    ['name    count', '──────  ─────', 'a           5', 'longer  1,200'].join('\n'),
  );
});

test('A table without rows has only its header.', () => {
  expect(renderTable(['name'], [])).toBe('name\n────');
});

describe('A Markdown table', () => {
  test('is found in a document, with escaped bars in cells.', () => {
    const markdown = '# Report\n\n| a | b |\n|---|--:|\n| x \\| y | 1 |\n\nEnd';
    expect(parseMarkdownTable(markdown)).toEqual({ header: ['a', 'b'], rows: [['x | y', '1']] });
  });

  test.each([
    ['code', '`a|b`'.replace('|', '\\|'), 'a|b'],
    ['code that ends in a backslash', '`x\\`', 'x\\'],
    ['code with backticks', '``` ``a` ```', '``a`'],
    ['code with spaces', '`  a  `', ' a '],
    ['an escaped backslash', 'x\\\\', 'x\\'],
    ['escaped markup', '\\*a\\*', '*a*'],
  ])('has a cell with %s before the next cell.', (_, cell, shown) => {
    expect(parseMarkdownTable(`|a|b|\n|-|-|\n|${cell}|1|`)?.rows).toEqual([[shown, '1']]);
  });

  test('keeps empty cells.', () => {
    expect(parseMarkdownTable('|a|b|\n|-|-|\n|x||')?.rows).toEqual([['x', '']]);
  });

  test.each(['', 'no table', '| a | b |', '| a |\n| b |'])('is not found in %j.', (markdown) => {
    expect(parseMarkdownTable(markdown)).toBeUndefined();
  });
});
