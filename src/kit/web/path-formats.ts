/** Paths into JSON and into XML, behind one face. */
import { jsonPaths } from './json-paths.ts';
import type { Format, Paths } from './paths.ts';

/** Answers in JSON, or XML with its namespaces: prefix → address. The reader of XML is large, and loaded for XML only. */
export async function pathsOf(format: Format, namespaces: Readonly<Record<string, string>> = {}): Promise<Paths> {
  if (format === 'json') return jsonPaths;
  const { xmlPaths } = await import('./xml-paths.ts');
  return await xmlPaths(namespaces);
}
