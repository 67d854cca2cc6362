import { parseMarkdownTable, renderTable } from '../../../tools/cli/table';

it('sets text to the left and numbers to the right', () => {
  expect(
    renderTable(
      ['name', 'count'],
      [
        ['a', '5'],
        ['longer', '1,200'],
      ],
    ),
  ).toBe(['name    count', '──────  ─────', 'a           5', 'longer  1,200'].join('\n'));
});

it('renders a table without rows', () => {
  expect(renderTable(['name'], [])).toBe('name\n────');
});

describe('a Markdown table', () => {
  it('is found in its document, with escaped bars in cells', () => {
    const markdown = '# Report\n\n| a | b |\n|---|--:|\n| x \\| y | 1 |\n\nEnd';
    expect(parseMarkdownTable(markdown)).toEqual({ header: ['a', 'b'], rows: [['x | y', '1']] });
  });

  it('keeps empty cells', () => {
    expect(parseMarkdownTable('|a|b|\n|-|-|\n|x||')?.rows).toEqual([['x', '']]);
  });

  it.each(['', 'no table', '| a | b |', '| a |\n| b |'])('is not found in %j', (markdown) => {
    expect(parseMarkdownTable(markdown)).toBeUndefined();
  });
});
