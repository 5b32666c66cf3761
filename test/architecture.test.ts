import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SQLITE_LIBRARY } from '../src/kit/sqlite/index.ts';

const root = resolve(import.meta.dirname, '..');

/** Every TypeScript file below a folder of the project. */
function filesOf(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') }));
}

/** The same with what each imports: project paths, and package names. */
function importsOf(folder: string): readonly { readonly file: string; readonly imports: readonly string[] }[] {
  return filesOf(folder).map(({ file, text }) => {
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

  it('keeps contract/ free of everything of ours, but for what HelpSpot inserts: it comes back with the next lookup', () => {
    const others = (target: string) => /^(src|adapters)\//.test(target) && !target.startsWith('src/contract/');
    expect(offenders('src/contract', others)).toEqual(['src/contract/kinds.ts imports src/helpspot/insertable.ts']);
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

  it('writes XML and HTML by library in helpspot/ and, for vendors, in kit/http/xml-body.ts only', () => {
    const writers = /^(xmlbuilder2|sanitize-html)/;
    for (const folder of ['src/gateway', 'src/config', 'src/http', 'src/cli', 'src/kit', 'adapters']) {
      expect(offenders(folder, (target, file) => writers.test(target) && file !== 'src/kit/http/xml-body.ts')).toEqual(
        [],
      );
    }
  });

  it('builds markup in helpspot/ and, for vendors, in kit/http/xml-body.ts only', () => {
    const outside = ['src', 'adapters'].flatMap((folder) =>
      filesOf(folder)
        .filter(({ file }) => !file.startsWith('src/helpspot/') && file !== 'src/kit/http/xml-body.ts')
        .filter(({ text }) => MARKUP.test(withoutComments(text)))
        .map(({ file }) => file),
    );
    expect(outside.sort()).toEqual(Object.keys(MARKUP_ELSEWHERE).sort());
  });

  it('knows markup when it sees it', () => {
    const markup = [
      '`<?xml version="1.0"?>`',
      "'<customer>'",
      '`</${name}>`',
      "text.replace(/&/g, '&amp;')",
      "'&#39;'",
    ];
    for (const code of markup) expect(MARKUP.test(withoutComments(code)), code).toBe(true);
    for (const code of ['/** `<b>` */', "a < b && c > d // '<b>'", '`<${name}`']) {
      expect(MARKUP.test(withoutComments(code)), code).toBe(false);
    }
  });

  it('never asks URL.canParse, which Node.js 20 gets wrong once its caller has been compiled', () => {
    const asking = ['src', 'adapters', 'test']
      .flatMap(filesOf)
      .filter(({ text }) => withoutComments(text).includes('URL.canParse('));
    expect(asking.map(({ file }) => file)).toEqual(['test/architecture.test.ts']);
  });

  it('is tested as it is: only clocks and dice are set, and spies on anything else look on', () => {
    const answering = filesOf('test').filter(({ text }) => answersInPlace(withoutComments(text)));
    // For what stands below.
    expect(answering.map(({ file }) => file)).toEqual(['test/architecture.test.ts']);
    expect(answersInPlace("vi.spyOn(Math, 'random').mockReturnValue(0); vi.spyOn(ledger, 'claim')")).toBe(false);
    const settled = "const spied = vi.spyOn(ledger, 'settle');\nspied.mockRejectedValueOnce(error)";
    for (const code of ["vi.mock('../src/store/ledger.ts')", settled, "vi.spyOn(ledger, 'now').mockReturnValue(0)"]) {
      expect(answersInPlace(code), code).toBe(true);
    }
  });

  it('loads openid-client only where somebody signs in: nobody else waits for it', () => {
    const loading = filesOf('src').filter(({ text }) => /^import (?!type ).*'openid-client'/m.test(text));
    expect(loading.map(({ file }) => file)).toEqual([]);
    const asking = importsOf('src').filter(({ imports }) => imports.includes('openid-client'));
    expect(asking.map(({ file }) => file)).toContain('src/http/console/openid/provider.ts');
  });

  it('says what to install where the library of SQLite is missing', () => {
    const loading = ['src', 'adapters']
      .flatMap(filesOf)
      .filter(({ text }) => /\bimport\('libsql/.test(withoutComments(text)));
    expect(loading.map(({ file }) => file)).toContain('src/store/database.ts');
    const bare = loading.filter(({ text }) => /(?<!sqliteLoaded\()import\('libsql/.test(withoutComments(text)));
    expect(bare.map(({ file }) => file)).toEqual([]);
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(optionalDependencies).toEqual({ libsql: SQLITE_LIBRARY.replace('libsql@', '') });
  });

  it('loads OpenTelemetry only in telemetry/, and that only where it is wanted', () => {
    const outside = ['src', 'adapters'].flatMap((folder) =>
      importsOf(folder).filter(({ imports }) => imports.some((target) => target.startsWith('@opentelemetry/'))),
    );
    expect(outside.length).toBeGreaterThan(2);
    expect(outside.filter(({ file }) => !file.startsWith('src/telemetry/')).map(({ file }) => file)).toEqual([]);
    const eager = filesOf('src').filter(
      ({ file, text }) =>
        !file.startsWith('src/telemetry/') && /^import (?!type ).*\/telemetry\/(?!wanted)[\w-]+\.ts'/m.test(text),
    );
    expect(eager.map(({ file }) => file)).toEqual([]);
  });

  it('gives no exported name two meanings in src/', () => {
    const homes = new Map<string, Set<string>>();
    for (const { file, text } of filesOf('src')) {
      for (const [, name = ''] of text.matchAll(DECLARED)) homes.set(name, (homes.get(name) ?? new Set()).add(file));
    }
    expect(homes.get('answerCall')).toEqual(new Set(['src/gateway/call.ts']));
    const twice = [...homes].filter(([name, files]) => files.size > 1 && !(name in OF_EACH));
    expect(twice.map(([name, files]) => `${name}: ${[...files].join(', ')}`)).toEqual([]);
  });
});

/** The name of an export where it is declared. */
const DECLARED = /^export (?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

/** Names that each of several has. */
const OF_EACH: Readonly<Record<string, string>> = {
  main: 'where each of the two programs begins',
};

/** A declaration, the beginning or end of an element in a text, or a character as markup escapes it. */
const MARKUP = /<\?xml|['"`>]<\/?[a-z]+(?:-[a-z]+)*[ >]|<\/(?:[a-z]+|\$\{\w+\})>|&(?:amp|lt|gt|quot|apos|#\d+);/i;

/** Markup that is none for HelpSpot and no XML, or that is not written at all. */
const MARKUP_ELSEWHERE: Readonly<Record<string, string>> = {
  'adapters/activecollab/fields.ts': 'a reference, in the HTML of a task',
  'adapters/campfire/message.ts': "Campfire's messages are HTML",
  'adapters/helpspot/push-note.ts': "HelpSpot's notes are HTML",
  'adapters/jira/text.ts': "Jira's wiki markup has such escapes",
  'adapters/webhook/source.ts': "Slack's escapes, which are three",
  'src/config/sections/field-forms.ts': 'an example of a setting',
  'src/contract/secret-forms.ts': 'how a secret may be spelled, to find it',
  'src/gateway/push/filling.ts': 'empty lines between the parts of a body of HTML',
  'src/http/console/pages/answer-frame.ts': 'the page of a frame in which HTML for staff is drawn',
  'src/http/console/pages/trying/answer.ts': 'where the lines of a value end',
};

/** Whether a test puts modules, or what functions give, in the place of those that are there. */
function answersInPlace(text: string): boolean {
  const rest = text.replace(/\.spyOn\((?:Date|Math|performance), '\w+'\)\s*\.mock\w+\(/g, '');
  return /\bvi\s*\.(?:mock|doMock)\(|\.mock(?:Implementation|Return|Resolved|Rejected|Throw)/.test(rest);
}

/** Comments show what there is elsewhere. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, '');
}
