import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { packagePythonJob, pythonJobNames, type PythonJobOptions } from '../../../tools/build/python-job';
import { temporaryFolder } from '../../support/temporary-folder';

const PROJECT = join(__dirname, '../..', '..');

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** A project with these files; returns its source and output folders. */
function project(files: Readonly<Record<string, string>>): Required<PythonJobOptions> {
  Object.entries(files).forEach(([name, content]) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  });
  const options = { sourceDirectory: 'spark-jobs', schemaDirectory: 'schemas', outputDirectory: 'dist/jobs' };
  mkdirSync(join(folder, options.sourceDirectory), { recursive: true });
  return {
    sourceDirectory: join(folder, options.sourceDirectory),
    schemaDirectory: join(folder, options.schemaDirectory),
    outputDirectory: join(folder, options.outputDirectory),
  };
}

const WITHOUT_SCHEMA = {
  'spark-jobs/bed-count/main.py': 'import bed_count',
  'spark-jobs/bed-count/bed_count/__init__.py': '',
  'spark-jobs/bed-count/bed_count/deep/module.py': 'x = 1',
};

const JOB = { ...WITHOUT_SCHEMA, 'schemas/bed-count.json': '{}' };

const contents = (path: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(unzipSync(readFileSync(path))).map(([name, data]) => [name, Buffer.from(data).toString()]),
  );

describe('The package of a PySpark job', () => {
  test('is a zip with the schema, with the entry point next to it and no temporary files.', () => {
    const options = project(JOB);
    const { name, zipPath, mainPath } = packagePythonJob('bed-count', options);
    expect(name).toBe('bed-count');
    expect(contents(zipPath)).toEqual({
      'bed_count/__init__.py': '',
      'bed_count/bed-count.json': '{}',
      'bed_count/deep/module.py': 'x = 1',
    });
    expect(readFileSync(mainPath, 'utf8')).toBe('import bed_count');
    expect(readdirSync(options.outputDirectory).sort()).toEqual(['bed-count.py', 'bed-count.zip']);
  });

  test('has no generated files of Python and its tools.', () => {
    const generated = ['__pycache__/a.cpython-39.pyc', 'old.pyc', '.mypy_cache/x.json', 'deep/.DS_Store'];
    const files = Object.fromEntries(
      generated.map((path) => [`spark-jobs/bed-count/bed_count/${path}`, '?']),
    );
    const { zipPath } = packagePythonJob('bed-count', project({ ...JOB, ...files }));
    expect(Object.keys(contents(zipPath))).toEqual([
      'bed_count/__init__.py',
      'bed_count/bed-count.json',
      'bed_count/deep/module.py',
    ]);
  });

  test('can have no schema.', () => {
    const { zipPath } = packagePythonJob('bed-count', project(WITHOUT_SCHEMA));
    expect(Object.keys(contents(zipPath))).toEqual(['bed_count/__init__.py', 'bed_count/deep/module.py']);
  });

  test('has the same bytes for other file times and time zones, and different bytes for different code.', () => {
    const options = project(JOB);
    const first = readFileSync(packagePythonJob('bed-count', options).zipPath);
    const module = join(folder, 'spark-jobs/bed-count/bed_count/deep/module.py');
    utimesSync(module, 1, 1);
    const script = `require('./tools/build/python-job').packagePythonJob('bed-count', JSON.parse(process.argv[1]))`;
    execFileSync(process.execPath, ['--import', 'tsx', '--eval', script, JSON.stringify(options)], {
      cwd: PROJECT,
      env: { PATH: process.env.PATH, TZ: 'Pacific/Kiritimati' },
    });
    const zipPath = join(options.outputDirectory, 'bed-count.zip');
    expect(readFileSync(zipPath).equals(first)).toBe(true);

    writeFileSync(module, 'x = 2');
    packagePythonJob('bed-count', options);
    expect(readFileSync(zipPath).equals(first)).toBe(false);
  });

  test('cannot be built for an unknown job; the error lists the jobs.', () => {
    const options = project(JOB);
    expect(() => packagePythonJob('bed_count', options)).toThrow(
      `The PySpark job 'bed_count' does not exist. The folders with a main.py in ${options.sourceDirectory}: bed-count.`,
    );
    expect(() => packagePythonJob('bed-count', { ...options, sourceDirectory: folder })).toThrow(': none.');
  });

  test('cannot be built for a job without a Python package; the error has its path.', () => {
    const options = project({
      'spark-jobs/bed-count/main.py': '',
      'spark-jobs/bed-count/bed_count/job.py': '',
    });
    expect(() => packagePythonJob('bed-count', options)).toThrow(
      /bed-count has no package 'bed_count'\. Move the modules of the job into .*bed_count, with an __init__\.py\./,
    );
  });
});

describe('The PySpark jobs of the project', () => {
  test('are the folders with a main.py.', () => {
    expect(pythonJobNames()).toEqual(['covid-report']);
  });

  test('include covid-report with the schema of the Glue table.', () => {
    const { zipPath, mainPath } = packagePythonJob('covid-report', { outputDirectory: folder });
    const files = contents(zipPath);
    expect(files['covid_report/covid-report.json']).toBe(
      readFileSync(join(PROJECT, 'schemas/covid-report.json'), 'utf8'),
    );
    expect(Object.keys(files)).toContain('covid_report/job.py');
    expect(Object.keys(files).every((name) => /^covid_report\/[a-z_-]+\.(py|json)$/.test(name))).toBe(true);
    expect(readFileSync(mainPath, 'utf8')).toContain('from covid_report.job import main');
  });
});
