import { details } from './markdown';
import type { Block, Section } from './section';

/** A comment of GitHub has up to 65,536 characters; plan-comment.cjs adds a head and up to two notes. */
export const COMMENT_CHARACTERS = 64_000;

/** The blocks of a section that are rendered. */
interface Share {
  readonly section: Section;
  details: number;
  lines: number;
}

export interface Fitted {
  readonly text: string;
  readonly leftOut: number;
}

/**
 * Renders sections in up to `most` characters. Omits details first, then lines, each from the end of the least risky
 * section. Whole blocks only, so that no table, diagram or fence is cut.
 */
export function fit(head: string, sections: readonly Section[], foot: string, most: number): Fitted {
  const shares = sections.map((section): Share => ({
    section,
    details: section.blocks.length,
    lines: section.blocks.length,
  }));
  let length = render(head, shares, foot).length;
  const shrink = (part: 'details' | 'lines'): void => {
    for (const share of [...shares].reverse()) {
      while (share[part] > 0 && length > most - NOTE_CHARACTERS) {
        share[part] -= 1;
        length -= sizeOf(share.section.blocks[share[part]], part);
      }
    }
  };
  if (length > most) {
    shrink('details');
    shrink('lines');
  }
  return {
    text: render(head, shares, foot),
    leftOut: shares.reduce((sum, share) => sum + missing(share), 0),
  };
}

/** Reserve for the notes about omitted parts of all sections. */
const NOTE_CHARACTERS = 2_000;

function missing({ section, details, lines }: Share): number {
  const hidden = section.blocks.filter(({ detail }, index) => detail !== undefined && index >= details);
  return hidden.length + section.blocks.length - lines;
}

function sizeOf(block: Block | undefined, part: 'details' | 'lines'): number {
  if (block === undefined) return 0;
  if (part === 'lines') return block.line.length + 1;
  return block.detail === undefined ? 0 : renderBlock(block, true).length - block.line.length;
}

function render(head: string, shares: readonly Share[], foot: string): string {
  const parts = shares.map(({ section, details, lines }) => {
    const shown = section.blocks.slice(0, lines).map((block, index) => renderBlock(block, index < details));
    const hidden = missing({ section, details, lines });
    const note =
      hidden === 0 ? [] : [`\n*${hidden} more omitted to fit into a comment: see the full report.*`];
    return [`### ${section.title}`, '', ...shown, ...note].join('\n');
  });
  return `${[head, ...parts, foot]
    .join('\n\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function renderBlock({ line, detail, label = 'details' }: Block, withDetail: boolean): string {
  if (detail === undefined || !withDetail) return line;
  return `${line}\n\n${label === '' ? detail : details(label, detail)}\n`;
}
