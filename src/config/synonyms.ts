/** Words that administrators know from other programs, and what they are called here. */

/** Each only where it is one of what is possible; the first that is. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  // Adapters.
  'azure-ad': ['entra', 'entraid', 'microsoftentra', 'azure', 'microsoft365', 'office365'],
  http: ['rest', 'api', 'json', 'xml', 'web'],
  ldap: ['activedirectory', 'ad', 'openldap', 'directory'],
  mssql: ['sqlserver', 'microsoftsqlserver', 'tsql'],
  mysql: ['mariadb'],
  // How values are compared.
  prefix: ['begins', 'begin', 'beginswith', 'starts', 'start', 'startswith', 'leading', 'left'],
  contains: ['like', 'includes', 'include', 'substring', 'part', 'partial', 'fuzzy', 'anywhere', 'in', 'words'],
  exact: ['equals', 'equal', 'eq', 'is', 'same', 'identical', 'full', 'whole', '=', '=='],
  // How dates are written.
  unix: ['timestamp', 'epoch', 'seconds', 'unixtime', 'helpspot'],
  iso: ['iso8601', 'rfc3339'],
  local: ['datetime', 'localtime', 'time', 'minutes'],
  // Kinds of values.
  phone: ['telephone', 'tel', 'mobile', 'fax', 'telefon'],
  email: ['mail', 'mailaddress', 'address'],
  text: ['string', 'str', 'varchar', 'char'],
  number: ['int', 'integer', 'float', 'double', 'decimal', 'numeric', 'amount', 'money', 'price'],
  boolean: ['bool', 'flag', 'yesno', 'checkbox', 'bit'],
  date: ['datetime', 'timestamp', 'time', 'day'],
  code: ['id', 'identifier', 'key', 'zip', 'plz', 'postcode'],
  // How lists are written, and the order.
  lines: ['newline', 'newlines', 'rows', 'br'],
  bullets: ['ul', 'html', 'items'],
  ascending: ['asc', 'up', 'az'],
  descending: ['desc', 'down', 'za', 'reverse'],
  // Keys.
  words: ['word', 'any', 'anyof', 'or', 'tokens', 'terms'],
  from: ['field', 'parameter', 'param', 'source', 'input', 'column', 'name'],
  match: ['kind', 'type', 'how', 'method', 'operator', 'op', 'compare', 'mode', 'search', 'steps'],
  value: ['template', 'constant', 'const', 'default', 'equals', 'is', 'from'],
  link: ['url', 'href', 'address', 'uri'],
  related: ['relations', 'relation', 'children', 'belongs', 'belongsto', 'has', 'hasmany', 'joins', 'details'],
  unite: ['union', 'all', 'any', 'together', 'combine'],
  except: ['without', 'exclude', 'not', 'unless', 'skip'],
  optional: ['required', 'quiet', 'silent'],
  // Tests of values, and what comes of them.
  equals: ['is', 'equal', 'eq', 'same', 'oneof', 'in', '=', '=='],
  not: ['isnot', 'notequals', 'ne', 'unless', 'noneof', '!='],
  before: ['earlier', 'earlierthan', 'until', 'past', 'older', 'olderthan', 'lt', '<'],
  after: ['later', 'laterthan', 'since', 'future', 'newer', 'newerthan', 'gt', '>'],
  above: ['over', 'more', 'morethan', 'greater', 'greaterthan', 'gt', 'min', '>'],
  below: ['under', 'less', 'lessthan', 'lt', 'max', '<'],
  filled: ['present', 'exists', 'notempty', 'set', 'given'],
  warn: ['warning', 'alert', 'red', 'danger', 'highlight'],
  mark: ['style', 'color', 'colour', 'format', 'emphasis', 'highlight'],
  danger: ['red', 'error', 'alert', 'bad', 'critical'],
  warning: ['orange', 'yellow', 'amber', 'caution'],
  success: ['green', 'ok', 'good'],
  muted: ['grey', 'gray', 'faint', 'light', 'secondary'],
  default: ['otherwise', 'else', 'fallback', 'ifempty', 'none', 'placeholder'],
  empty: ['none', 'ifnone', 'nothing', 'otherwise', 'default'],
  when: ['if', 'onlyif', 'condition', 'conditions', 'only', 'showif'],
  table: ['rows', 'grid', 'list'],
  provenance: ['origin', 'origins', 'sourceof', 'trace', 'tooltip', 'tooltips'],
  mergeBy: ['joinby', 'join', 'on', 'mergeon', 'mergekey', 'key', 'group', 'groupby'],
  columns: ['table', 'headings'],
  fields: ['map', 'mapping', 'mappings', 'show', 'elements', 'output'],
  limit: ['max', 'maximum', 'top', 'maxresults', 'size'],
  minimum: ['min', 'minlength', 'least'],
  order: ['sort', 'orderby', 'sortby'],
  description: ['label', 'text', 'title'],
  where: ['filter', 'condition', 'conditions', 'query'],
  visibleTo: ['roles', 'role', 'levels', 'only', 'for'],
  via: ['through', 'over', 'first', 'before', 'step', 'lookup'],
  name: ['names', 'naming', 'resolve', 'translate', 'display', 'labels'],
  by: ['key', 'id', 'on', 'match', 'equals', 'where'],
  as: ['show', 'shown', 'display', 'label', 'title', 'text', 'value', 'field', 'name'],
  kinds: ['types', 'type', 'fieldtypes'],
  dates: ['dateformat', 'dateformats', 'formats', 'format'],
  country: ['default', 'region', 'code', 'countrycode'],
};

/** What a word from elsewhere is called here, if that is among the known: `prefix` for `begins with`. */
export function calledHere(word: string, known: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const plain = word.toLowerCase().replace(/[\s_-]/g, '');
  return Object.entries(CALLED).find(([name, words]) => words.includes(plain) && known.includes(name))?.[0];
}

/** No word of the table is nearly as long. */
const LONGEST = 40;
