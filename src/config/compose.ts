/** YAML text to a document of the `yaml` library, without its recursion being able to run out of stack. */
import { Composer, type Document, type ErrorCode, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';
import { LIMITS } from './defaults.ts';

type Token = ReturnType<Parser['next']> extends Generator<infer Item> ? Item : never;

/**
 * What `parseDocument` does (YAML 1.2 core schema, one document, unique keys, no tags), but the nesting is looked at
 * while the text is read: the library composes nested values by recursion, and a stack that is nearly full can end the
 * whole process (V8 cannot compile a regular expression then).
 */
export function composeDocument(text: string, lines: LineCounter): Document {
  const composer = new Composer({
    prettyErrors: false,
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    logLevel: 'error',
  });
  let tooDeep: number | undefined;
  const tokens = tokensOf(text, lines, (offset) => {
    tooDeep = offset;
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error('the YAML library gave no document');
  if (tooDeep !== undefined) addError(document, 'RESOURCE_EXHAUSTION', tooDeep);
  if (second !== undefined) addError(document, 'MULTIPLE_DOCS', second.range[0]);
  return document;
}

function addError(document: Document, code: ErrorCode, offset: number): void {
  document.errors.push(new YAMLParseError([offset, offset], code, ''));
}

/** The tokens of a text; they end where the nesting becomes too deep. */
function* tokensOf(text: string, lines: LineCounter, tooDeep: (offset: number) => void): Generator<Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > LIMITS.parserDepth) return tooDeep(parser.offset);
  }
  yield* parser.end();
}
