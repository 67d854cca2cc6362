// What `npm run doctor` says. A finding is {group, name, state: ok | note | missing, detail, advice?}.
import process from 'node:process';
import { installationStates } from './installation.mjs';
import { credentials, disk, localAws, memory, provider } from './machine-findings.mjs';
import { checkPrerequisites } from './prerequisites.cjs';

const HELP = `npm run doctor [-- --json]

Shows what this machine has and what is missing for \`npm run local\` and \`npm test\`, with how to get it.
  --json   the same as JSON
Exit code 1 when something required is missing.
`;

async function prerequisites() {
  const results = await checkPrerequisites();
  return results.map((tool) => ({
    group: 'Prerequisites',
    name: tool.name,
    ...(tool.ok
      ? { state: 'ok', detail: `${tool.found} (${tool.path})` }
      : { state: 'missing', detail: tool.problem, advice: `needed ${tool.needed}: ${tool.install}` }),
  }));
}

function installations() {
  return installationStates().map(({ title, done }) => ({
    group: 'This checkout',
    name: title,
    ...(done
      ? { state: 'ok', detail: 'installed' }
      : { state: 'note', detail: 'not installed yet: the next task does it' }),
  }));
}

/** Everything that is worth knowing about this machine and checkout. */
export async function diagnose() {
  const [tools, ...others] = await Promise.all([prerequisites(), provider(), disk(), memory()]);
  return [...tools, ...installations(), ...others, localAws(), credentials()];
}

const MARKS = { ok: '✔', note: '•', missing: '✖' };

function render(findings) {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = [];
  let group;
  for (const item of findings) {
    if (item.group !== group) lines.push(...(group === undefined ? [] : ['']), item.group);
    group = item.group;
    lines.push(`  ${MARKS[item.state]} ${item.name.padEnd(width)}  ${item.detail}`);
    if (item.advice !== undefined) lines.push(`    ${' '.repeat(width)}  → ${item.advice}`);
  }
  return lines.join('\n');
}

/** Prints the diagnosis; resolves with the exit code. */
export async function doctor(args) {
  const unknown = args.find((arg) => !['--json', '--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    process.stderr.write(`doctor: unknown argument "${unknown}"\n\n${HELP}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  const findings = await diagnose();
  const missing = findings.filter(({ state }) => state === 'missing').length;
  if (args.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ ok: missing === 0, findings }, null, 2)}\n`);
  } else {
    const verdict =
      missing === 0
        ? 'Nothing required is missing.'
        : `${missing} required ${missing === 1 ? 'thing is' : 'things are'} missing.`;
    process.stdout.write(`${render(findings)}\n\n${verdict}\n`);
  }
  return missing === 0 ? 0 : 1;
}
