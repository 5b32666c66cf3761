import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Every TypeScript file below a folder of the project, with what it imports: project paths, and package names. */
function importsOf(folder: string): readonly { readonly file: string; readonly imports: readonly string[] }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const file = join(folder, name);
      const text = readFileSync(join(root, file), 'utf8');
      const named = Array.from(text.matchAll(/(?:from|import\()\s*'([^']+)'/g), (match) => match[1] ?? '');
      const resolved = named.map((target) =>
        target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target,
      );
      return { file, imports: resolved };
    });
}

function offenders(folder: string, forbidden: (target: string, file: string) => boolean): readonly string[] {
  return importsOf(folder).flatMap(({ file, imports }) =>
    imports.filter((target) => forbidden(target, file)).map((target) => `${file} imports ${target}`),
  );
}

describe('the house', () => {
  it('sees the imports at all', () => {
    const app = importsOf('src/http').find(({ file }) => file === 'src/http/app.ts');
    expect(app?.imports).toContain('express');
  });

  it('keeps helpspot/ free of everything of ours', () => {
    expect(
      offenders('src/helpspot', (target) => /^(src|adapters)\//.test(target) && !target.startsWith('src/helpspot/')),
    ).toEqual([]);
  });

  it('keeps contract/ free of everything of ours', () => {
    expect(
      offenders('src/contract', (target) => /^(src|adapters)\//.test(target) && !target.startsWith('src/contract/')),
    ).toEqual([]);
  });

  it('lets everybody into the contract and the rooms of the kit through their doors only', () => {
    const room = (path: string) => /^src\/(?:contract|kit\/[^/]+)\//.exec(path)?.[0];
    const besideDoor = (target: string, file: string) => {
      const of = room(target);
      return of !== undefined && of !== room(file) && target !== `${of}index.ts`;
    };
    const doors = new Set<string>();
    for (const folder of ['src', 'adapters', 'samples', 'bench']) expect(offenders(folder, besideDoor)).toEqual([]);
    for (const { imports } of importsOf('adapters')) {
      for (const target of imports) if (room(target) !== undefined) doors.add(target);
    }
    expect(doors.size).toBeGreaterThan(3);
    expect(doors.size).toBeLessThanOrEqual(8);
  });

  it('keeps gateway/ free of transports, configuration and adapters', () => {
    const forbidden = /^(express|src\/(http|cli|config)\/|adapters\/)/;
    expect(offenders('src/gateway', (target) => forbidden.test(target))).toEqual([]);
  });

  it('keeps adapters apart from the rest and from each other', () => {
    const own = (file: string) => `adapters/${file.split('/')[1] ?? ''}`;
    const forbidden = (target: string, file: string) =>
      /^src\/(?!contract\/|kit\/)/.test(target) ||
      (target.startsWith('adapters/') && file !== 'adapters/index.ts' && !target.startsWith(`${own(file)}/`));
    expect(offenders('adapters', forbidden)).toEqual([]);
  });

  it('writes XML and HTML in helpspot/ only', () => {
    const writers = /^(xmlbuilder2|sanitize-html)/;
    for (const folder of ['src/gateway', 'src/config', 'src/http', 'src/cli', 'src/kit', 'adapters']) {
      expect(offenders(folder, (target) => writers.test(target))).toEqual([]);
    }
  });
});
