import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readXml } from '../../../src/io/stream/xml.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const file = join(root, 'a.xml')
const read = async (text: string) => {
  await writeFile(file, text)
  return readXml(file)
}

describe('an XML file', () => {
  it('is read as elements, with their text and the line on which they begin', async () => {
    const text =
      '\uFEFF<?xml version="1.0"?>\n<!-- a --><a b="c">\n  <b> x &amp; y </b>\n  <c><![CDATA[<&]]></c>&#65;\n</a>\n'
    expect(await read(text)).toEqual({
      name: 'a',
      line: 2,
      text: 'A',
      children: [
        { name: 'b', line: 3, text: 'x & y', children: [] },
        { name: 'c', line: 4, text: '<&', children: [] },
      ],
    })
  })

  it.each([
    [
      'an entity that grows',
      '<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "x">]>\n<a>&b;</a>',
      'a document type is not read',
    ],
    [
      'an entity of a file',
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      'a document type is not read',
    ],
    ['an unknown entity', '<a>\n&b;</a>', 'line 2: not valid XML: invalid character entity'],
    ['an entity of HTML', '<a>&eacute;</a>', 'not valid XML: invalid character entity'],
    ['elements that cross', '<a>\n<b></a></b>', 'line 2: not valid XML: unexpected close tag'],
    ['an end too early', '<a><b>', 'not valid XML: unclosed root tag'],
    ['nothing', '', 'holds no element'],
    ['two roots', '<a/>\n<b/>', 'line 2: not valid XML: a second root'],
    ['elements too deep', '<a>'.repeat(65), 'elements more than 64 deep'],
    ['too many elements', `<a>${'<b/>'.repeat(2 ** 18)}</a>`, 'more than 262144 elements'],
    ['too many bytes', `<a>${' '.repeat(2 ** 24)}</a>`, 'bytes, more than the limit of 16777216'],
  ])('with %s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(message) })
  })
})
