/** The bytes of a request. They are all in memory, so that a request can be sent again. */
import type { HttpRequest } from './types.ts';

/** Bytes and what they are. */
export interface Body {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The body of a request; undefined for none. */
export async function bodyOf({ json, form, xml, text, multipart }: HttpRequest): Promise<Body | undefined> {
  if (json !== undefined) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(new URLSearchParams(form).toString()) };
  }
  if (xml !== undefined) return { type: 'application/xml; charset=utf-8', bytes: Buffer.from(xml) };
  if (text !== undefined) return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(text) };
  return multipart === undefined ? undefined : await multipartOf(multipart);
}

/** Node.js writes the parts; it tells the boundary in the type. */
async function multipartOf(parts: FormData): Promise<Body> {
  const written = new Response(parts);
  const type = written.headers.get('content-type') ?? 'multipart/form-data';
  return { type, bytes: Buffer.from(await written.arrayBuffer()) };
}
