/** XML 1.0 forbids these even as references, or they hide text and turn its direction; names from files may hold them. */
const unwanted = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]|[\u{7f}-\u{9f}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text for XML: markup escaped, unwanted characters spelled out. */
export const xml = (text: string): string =>
  text
    .replace(unwanted, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\n\r\t]/g, (c) => `&#${c.charCodeAt(0)};`)
