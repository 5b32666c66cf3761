/** Any web API with answers in JSON or XML, without code. */
import { defineAdapter } from '../../src/contract/index.ts';
import { httpReach } from '../../src/kit/http/index.ts';
import { UrlTemplate } from '../../src/kit/web/index.ts';
import { settings } from './settings.ts';
import { openApi } from './source.ts';

export default defineAdapter({
  name: 'http',
  title: 'Web API',
  titleOf: ({ url }) => new URL(new UrlTemplate(url).origin).host,
  settings,
  reachedBy: httpReach,
  open: openApi,
});
