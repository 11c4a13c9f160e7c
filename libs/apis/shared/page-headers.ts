const POLICY = {
  'default-src': "'self'",
  'img-src': "'self' data:",
  'style-src': "'self' 'unsafe-inline'",
  'script-src': "'self' 'unsafe-inline'",
  'worker-src': "'self' blob:",
  'object-src': "'none'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
};

/**
 * Headers of the pages that we serve to browsers (Content Security Policy Level 3): nothing is fetched from anybody
 * else, as the queue board would fetch its fonts, and nobody frames the page.
 */
export const PAGE_HEADERS = {
  'content-security-policy': Object.entries(POLICY)
    .map((rule) => rule.join(' '))
    .join('; '),
  'referrer-policy': 'no-referrer',
};
