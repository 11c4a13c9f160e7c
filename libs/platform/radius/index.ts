export {
  type Distrust,
  type Secret,
  chapPassword,
  checkChap,
  distrustReply,
  distrustRequest,
  encodeReply,
  encodeRequest,
  eventTimestamp,
  isFresh,
  revealPassword,
} from './authenticator.js';
export { RadiusClient, type RadiusClientOptions, type RadiusPeer, type RadiusRequest } from './client.js';
export { RadiusClientPool } from './client-pool.js';
export {
  ACCT_STATUS,
  type AttributeName,
  DICTIONARY,
  ERROR_CAUSE,
  RADIUS_CODE,
  TERMINATE_CAUSE,
  definitionOf,
  describeErrorCause,
} from './dictionary.js';
export { type ListenerCounts, RadiusListener, type RadiusListenerOptions, type RadiusReply } from './listener.js';
export {
  type Attribute,
  type AttributeKey,
  type RadiusPacket,
  numberValueOf,
  parsePacket,
  textOf,
  valueOf,
} from './packet.js';
export { type AttributeValue, valueFromText } from './values.js';
