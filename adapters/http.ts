/** Any web API with answers in JSON or XML, without code. */
import { defineAdapter } from '../src/gateway/adapter.ts';
import { UrlTemplate } from '../src/upstream/web/url-template.ts';
import { settings } from './http/settings.ts';
import { openApi } from './http/source.ts';

export default defineAdapter({
  name: 'http',
  title: 'Web API',
  titleOf: ({ url }) => new URL(new UrlTemplate(url).origin).host,
  settings,
  open: openApi,
});
