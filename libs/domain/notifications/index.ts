export * from './invoices/send-invoice.usecase.js';
export { letterText } from './letters/letter.js';
export * from './messages/message.queries.js';
export { MESSAGE_STATUSES, type MessageStatus } from './messages/message.states.js';
export { MESSAGE_KINDS, type MessageKind, type MessageView } from './messages/message.view.js';
export * from './messages/move-message.usecases.js';
export * from './notifications.module.js';
