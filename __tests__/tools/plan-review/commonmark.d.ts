declare module 'commonmark' {
  export interface Node {
    readonly type: string;
    readonly literal: string | null;
    readonly info: string | null;
    walker(): { next(): { readonly node: Node; readonly entering: boolean } | null };
  }

  export class Parser {
    parse(text: string): Node;
  }
}
