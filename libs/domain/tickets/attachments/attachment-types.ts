/** What can be attached: nothing that a browser would run. */
export const ATTACHMENT_TYPES = [
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'text/plain',
  'text/csv',
] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

const starts =
  (...bytes: readonly number[]) =>
  (content: Buffer): boolean =>
    bytes.every((byte, index) => content[index] === byte);
const isText = (content: Buffer): boolean => {
  if (content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
};

const LOOKS: Readonly<Record<AttachmentType, (content: Buffer) => boolean>> = {
  'application/pdf': starts(...Buffer.from('%PDF-')),
  'image/png': starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  'image/jpeg': starts(0xff, 0xd8, 0xff),
  'image/gif': starts(...Buffer.from('GIF8')),
  'image/webp': (content) => starts(...Buffer.from('RIFF'))(content) && content.toString('latin1', 8, 12) === 'WEBP',
  'text/plain': isText,
  'text/csv': isText,
};

/** Whether bytes begin as a file of a type does; of text, whether it is UTF-8. */
export function isOfType(content: Buffer, type: AttachmentType): boolean {
  return LOOKS[type](content);
}
