/**
 * The used parts of libraries whose types do not resolve here: the first two need the DOM types, which the project does not
 * include, the third lacks file extensions.
 */

declare module '@observablehq/plot' {
  export type Mark = object;
  type MakeMark = (data: readonly unknown[], options?: object) => Mark;
  export const areaY: MakeMark, barX: MakeMark, dot: MakeMark, lineY: MakeMark;
  export const rectY: MakeMark, ruleY: MakeMark, text: MakeMark;
  export const axisX: (options: object) => Mark, axisY: (options: object) => Mark;

  export interface Drawing {
    readonly outerHTML: string;
    querySelectorAll(selector: string): Iterable<{ remove(): void; removeAttribute(name: string): void }>;
    setAttribute(name: string, value: string): void;
  }
  export interface PlotOptions extends Readonly<Record<string, unknown>> {
    readonly marks?: readonly Mark[];
  }
  export const plot: (options: PlotOptions) => Drawing;
}

declare module 'linkedom/worker' {
  export interface Element {
    readonly localName: string;
    readonly textContent: string;
    readonly parentElement: Element;
    readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
    getAttribute(name: string): string | null;
  }
  export function parseHTML(html: string): {
    readonly document: { querySelectorAll(selector: string): Iterable<Element> };
  };
}

declare module '@dagrejs/dagre' {
  export interface Point {
    readonly x: number;
    readonly y: number;
  }
  export class Graph {
    setGraph(options: object): void;
    setNode(name: string, size: object): void;
    setEdge(from: string, to: string, options: object): void;
    node(name: string): Point & { readonly width: number };
    edge(from: string, to: string): { readonly points: readonly Point[] };
  }
  export const layout: (graph: Graph) => void;
}
