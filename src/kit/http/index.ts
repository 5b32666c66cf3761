/** Asking web systems: the HTTP client with its deadline, limits, proxies, rates and words. The door of this room. */
export { pathOf } from './address.ts';
export { createHttpClient } from './client.ts';
export { connectionsFor, HttpConnections } from './connections.ts';
export { type BudgetStart, budgetOf, CostBudget } from './cost-budget.ts';
export { ExchangeFailure, exchange, type Incoming, type Outgoing, TOO_LARGE } from './exchange.ts';
export { jsonOrNothing, readerFor, xmlOrNothing } from './expected.ts';
export { slowDown } from './failures.ts';
export { readInTime } from './reading-time.ts';
export { asSentElsewhere, elsewhere, isRedirect, REDIRECTS, redirectOf } from './redirects.ts';
export { isThrottled, isWorthRepeating, retryAfterMs } from './retry.ts';
export { type HttpSettings, httpShape, webAddress } from './settings.ts';
export { type Token, TokenKeeper } from './token-keeper.ts';
export type { Headers, HttpAnswer, HttpClient, HttpClientOptions, HttpRequest } from './types.ts';
export { oneLine, told } from './words.ts';
export { parseXml, type XmlElement } from './xml.ts';
export { type XmlContent, type XmlNode, xmlBody } from './xml-body.ts';
export { XmlMistake } from './xml-mistake.ts';
export { readingXml, readXml, SMALL_XML, type XmlReading, type XmlTask } from './xml-reading.ts';
