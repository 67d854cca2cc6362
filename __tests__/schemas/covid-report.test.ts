import {
  covidKeyColumns,
  covidMetricColumns,
  covidReportColumns,
  covidReportPartition,
  covidStates,
} from '../../schemas/covid-report';

describe('Covid report schema', () => {
  test('gives the Glue table the columns of the Parquet file, with types and comments.', () => {
    expect(covidReportColumns.map(({ name, type }) => [name, type])).toEqual([
      ['state', 'string'],
      ['month', 'string'],
      ['avg_inpatient_beds', 'double'],
      ['avg_icu_beds', 'double'],
      ['covid_patient_rate', 'double'],
      ['days_reported', 'int'],
    ]);
    expect(covidReportColumns.every(({ comment }) => comment.length > 0)).toBe(true);
  });

  test('has comments of at most 255 characters, the limit of Glue.', () => {
    const comments = [...covidReportColumns, covidReportPartition].map(({ comment }) => comment);
    expect(Math.max(...comments.map(({ length }) => length))).toBeLessThanOrEqual(255);
  });

  test('has a partition key that is not a column, as Glue requires.', () => {
    expect(covidReportPartition).toMatchObject({ name: 'run_date', type: 'string' });
    expect(covidReportColumns.map(({ name }) => name)).not.toContain(covidReportPartition.name);
  });
});

describe('Covid source columns', () => {
  test('identify a row by state and date.', () => {
    expect(covidKeyColumns.map(({ name }) => name)).toEqual(['state', 'date']);
  });

  test('feed existing columns of the report.', () => {
    const columns = covidReportColumns.map(({ name }) => name);
    expect(covidMetricColumns.map(({ name, feeds }) => [name, feeds])).toEqual([
      ['inpatient_beds', 'avg_inpatient_beds'],
      ['total_staffed_adult_icu_beds', 'avg_icu_beds'],
      ['inpatient_bed_covid_utilization_numerator', 'covid_patient_rate'],
      ['inpatient_bed_covid_utilization_denominator', 'covid_patient_rate'],
    ]);
    expect(covidMetricColumns.filter(({ feeds }) => !columns.includes(feeds))).toEqual([]);
  });
});

describe('Covid states', () => {
  test('are the 50 states, the District of Columbia and five territories, sorted and unique.', () => {
    expect(covidStates).toHaveLength(56);
    expect(covidStates).toEqual([...new Set(covidStates)].sort());
    expect(covidStates).toEqual(expect.arrayContaining(['DC', 'PR', 'VI', 'GU', 'AS', 'MP']));
    expect(covidStates.every((state) => /^[A-Z]{2}$/.test(state))).toBe(true);
  });
});
