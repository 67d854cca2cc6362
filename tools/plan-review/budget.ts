import { details } from './markdown';
import type { Block, Section } from './section';

/** A comment of GitHub holds 65,536 characters; plan-comment.cjs puts a head and up to two notes before the review. */
export const COMMENT_CHARACTERS = 64_000;

/** How much of a section is shown. */
interface Share {
  readonly section: Section;
  /** Blocks whose detail stays, from the first on. */
  details: number;
  /** Blocks whose line stays, from the first on. */
  lines: number;
}

/** A review as one text, and what had to be left out of it. */
export interface Fitted {
  readonly text: string;
  readonly leftOut: number;
}

/**
 * Puts sections together in `most` characters: when they are too long, details go first, then lines, each from the end
 * of the least risky section on. Blocks stay whole, so that no table, diagram or fence is cut.
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

/** Room for what is said about parts left out, in all sections together. */
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
      hidden === 0 ? [] : [`\n*${hidden} more here: left out to fit into a comment, in the full report.*`];
    return [`### ${section.title}`, '', ...shown, ...note].join('\n');
  });
  return `${[head, ...parts, foot]
    .join('\n\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function renderBlock({ line, detail, label = 'details' }: Block, withDetail: boolean): string {
  if (detail === undefined || !withDetail) return line;
  // What has no label is to be seen at once.
  return `${line}\n\n${label === '' ? detail : details(label, detail)}\n`;
}
