import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import * as z from 'zod';
import type { Permission } from './role-policies';

const decisionSchema = z.object({
  at: z.number(),
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  allowed: z.boolean(),
  statements: z.array(z.string()),
});

/** One authorization decision of `python -m emulator --decisions`; `at` in seconds. */
export type Decision = z.infer<typeof decisionSchema>;

export class Decisions {
  private readonly known: Decision[] = [];
  private offset = 0;

  constructor(readonly file: string) {}

  /** @param since milliseconds */
  since(since: number): Decision[] {
    this.read();
    return this.known.filter(({ at }) => at * 1000 >= since);
  }

  private read(): void {
    const file = openSync(this.file, 'r');
    const bytes = Buffer.alloc(fstatSync(file).size - this.offset);
    readSync(file, bytes, 0, bytes.length, this.offset);
    closeSync(file);
    // The last line may be incomplete.
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    this.offset += whole.length;
    const lines = whole.toString().split('\n').filter(Boolean);
    this.known.push(...lines.map((line) => decisionSchema.parse(JSON.parse(line))));
  }
}

/** Whether the permission allows the request of the decision. */
export function usesPermission({ sid, action }: Permission, roleName: string, decision: Decision): boolean {
  return decision.role === roleName && decision.action === action && decision.statements.includes(sid);
}

/** Whether the action was denied to the role. */
export function isDenied({ action }: Permission, roleName: string, decision: Decision): boolean {
  return decision.role === roleName && decision.action === action && !decision.allowed;
}
