/** Other packages with which the stacks must synthesize the same. */
export interface CompatibilityLane {
  readonly summary: string;
  /** Packages of package.json by name: a version to pin, or undefined to remove. */
  readonly packages: Readonly<Record<string, string | undefined>>;
  /** New package names in import specifiers, by old name. */
  readonly imports: Readonly<Record<string, string>>;
}

/** With exact versions, a lane can only fail because of a change in this repository. */
export const LANES: Readonly<Record<string, CompatibilityLane>> = {
  'provider-6': {
    summary: "last version of CDKTF's provider package, for version 6.25 of the AWS provider",
    packages: { '@cdktf/provider-aws': '21.22.1' },
    imports: {},
  },
  cdktn: {
    summary: 'community fork of CDKTF with its provider package',
    packages: {
      '@cdktf/provider-aws': undefined,
      cdktf: undefined,
      'cdktf-cli': undefined,
      '@cdktn/provider-aws': '25.7.0',
      cdktn: '0.24.0',
      constructs: '10.7.2',
    },
    imports: { cdktf: 'cdktn', '@cdktf/provider-aws': '@cdktn/provider-aws' },
  },
};

/** Applies the packages of a lane to package.json. */
export function changePackages<T extends PackageJson>(packageJson: T, { packages }: CompatibilityLane): T {
  const pin = (group: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(group).flatMap(([name, version]) => {
        const changed = name in packages ? packages[name] : version;
        return changed === undefined ? [] : [[name, changed]];
      }),
    );
  const added = Object.entries(packages).flatMap(([name, version]) =>
    version === undefined || name in packageJson.devDependencies ? [] : [[name, version] as const],
  );
  return {
    ...packageJson,
    dependencies: { ...pin(packageJson.dependencies), ...Object.fromEntries(added) },
    devDependencies: pin(packageJson.devDependencies),
  };
}

/** The part of package.json that a lane changes. */
export interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Replaces the import specifiers of a source text. */
export function changeImports(source: string, { imports }: CompatibilityLane): string {
  return Object.entries(imports).reduce(
    (text, [from, to]) =>
      text.replaceAll(new RegExp(`(from |import\\(|require\\()'${from}(?=['/])`, 'g'), `$1'${to}`),
    source,
  );
}
