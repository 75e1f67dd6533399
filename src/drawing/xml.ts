import { escapeMarkup } from '../platform/escape-markup.js';

/** Text as it stands in XML; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return escapeMarkup(text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD'));
}
