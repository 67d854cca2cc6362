import { errorMessage } from '../cli/errors';

/** A part of a status, or why it is unknown. */
export type Section<T> = { readonly value: T } | { readonly problem: string };

export async function sectionOf<T>(work: Promise<T>): Promise<Section<T>> {
  try {
    return { value: await work };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}

export function valueOf<T>(section: Section<T>): T | undefined {
  return 'value' in section ? section.value : undefined;
}

export function problemsOf(sections: Readonly<Record<string, Section<unknown>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sections).flatMap(([name, section]) =>
      'problem' in section ? [[name, section.problem]] : [],
    ),
  );
}

/** Awaits all parts; `sections.name` is the part or problem of `work.name`. */
export async function sectionsOf<T extends object>(work: {
  readonly [Name in keyof T]: Promise<T[Name]>;
}): Promise<{ readonly [Name in keyof T]: Section<T[Name]> }> {
  const parts = Object.entries<Promise<unknown>>(work).map(async ([name, part]) => [
    name,
    await sectionOf(part),
  ]);
  return Object.fromEntries(await Promise.all(parts)) as { readonly [Name in keyof T]: Section<T[Name]> };
}
