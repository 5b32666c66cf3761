/** The regular expressions of the project, found in its syntax trees. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isBinaryExpression,
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isRegularExpressionLiteral,
  isStringLiteral,
  isTaggedTemplateExpression,
  isTemplateExpression,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

/** One regular expression: what is matched, and where it stands (`src/contract/template.ts:3`). */
export interface Pattern {
  /** Undefined: `RegExp(…)` of something that only a run knows. */
  readonly source: string | undefined;
  readonly flags: string;
  readonly place: string;
}

/** Only these files, and not what they import: a syntax tree needs no types, and all the rest takes many times as long. */
const SYNTAX_ONLY = { noResolve: true, noLib: true, types: [], module: 'nodenext', target: 'es2023' };

/** Every literal and every `RegExp(…)` in the TypeScript files below these folders of the project. */
export function patternsIn(root: string, folders: readonly string[]): readonly Pattern[] {
  const own = mkdtempSync(join(tmpdir(), 'patterns-'));
  const project = join(own, 'tsconfig.json');
  const include = folders.map((folder) => resolve(root, folder));
  writeFileSync(project, JSON.stringify({ compilerOptions: SYNTAX_ONLY, include }));
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [project] });
    return snapshot.getProjects().flatMap(({ program }) =>
      program
        .getSourceFileNames()
        .filter((name) => folders.some((folder) => name.startsWith(`${resolve(root, folder)}/`)))
        .flatMap((name) => {
          const file = program.getSourceFile(name);
          return file === undefined ? [] : patternsOfFile(file, relative(root, name));
        }),
    );
  } finally {
    api.close();
    rmSync(own, { recursive: true });
  }
}

function patternsOfFile(file: SourceFile, name: string): readonly Pattern[] {
  const constants = new Map<string, Node>();
  const found: Pattern[] = [];
  walk(file, (node) => {
    if (isVariableDeclaration(node) && isIdentifier(node.name) && node.initializer !== undefined) {
      constants.set(node.name.text, node.initializer);
    }
  });
  walk(file, (node) => {
    const pattern = patternOf(node, constants);
    if (pattern === undefined) return;
    const line = file.text.slice(0, node.end).split('\n').length;
    found.push({ ...pattern, place: `${name}:${line}` });
  });
  return found;
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  node.forEachChild((child) => {
    walk(child, visit);
    return undefined;
  });
}

function patternOf(node: Node, constants: ReadonlyMap<string, Node>): Omit<Pattern, 'place'> | undefined {
  if (isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) };
  }
  if (!(isNewExpression(node) || isCallExpression(node))) return undefined;
  if (!isIdentifier(node.expression) || node.expression.text !== 'RegExp') return undefined;
  const [source, flags] = node.arguments ?? [];
  return {
    source: source === undefined ? '' : textOf(source, constants),
    flags: flags === undefined ? '' : (textOf(flags, constants) ?? ''),
  };
}

/** A text that is put together from literals and constants of the file. */
function textOf(node: Node, constants: ReadonlyMap<string, Node>): string | undefined {
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (isIdentifier(node)) {
    const value = constants.get(node.text);
    return value === undefined ? undefined : textOf(value, constants);
  }
  if (isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw') {
    // `String.raw` keeps backslashes, and so even that which stands before a backtick.
    return isNoSubstitutionTemplateLiteral(node.template) ? node.template.getText().slice(1, -1) : undefined;
  }
  if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.PlusToken) {
    return joined([textOf(node.left, constants), textOf(node.right, constants)]);
  }
  if (isTemplateExpression(node)) {
    const spans = node.templateSpans.flatMap((span) => [textOf(span.expression, constants), span.literal.text]);
    return joined([node.head.text, ...spans]);
  }
  return undefined;
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.some((part) => part === undefined) ? undefined : parts.join('');
}
