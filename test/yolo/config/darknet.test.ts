import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDarknet } from '../../../src/yolo/config/darknet.js'

const yolo = (mask: string, more = '') => `
[yolo]
mask = ${mask}
anchors = 8,9,  20,21,  40,30,  60,80
classes=3
num=4
ignore_thresh = .6
${more}`

const conv = (filters: number, stride = 1) => `[convolutional]\nfilters=${filters}\nsize=3\nstride=${stride}\n`

/** Five halvings, a scale, back up to twice the cells, another scale. */
const network = (second: string = yolo('0,1'), channels = 16) => `[net]
# testing
batch=1
batch=64
width=608
height=416

${[1, 2, 3].map(() => conv(8, 2)).join('')}${conv(8, 2)}${conv(8, 2)}
${conv(16)}${yolo('2,3')}
[route]
layers = -3

[upsample]
stride=2

[route]
layers = -1, 3
${conv(channels)}${second}`

describe('a Darknet file', () => {
  it('gives anchors, masks, classes, threshold and input size', () => {
    expect(parseDarknet(network(), 'a.cfg')).toEqual({
      anchors: [[8, 9], [20, 21], [40, 30], [60, 80]],
      anchorMask: [[2, 3], [0, 1]],
      classes: 3,
      ignoreThreshold: 0.6,
      input: [416, 608],
    }) // biome-ignore format: pairs
  })

  it('has its scales put in order, coarsest first', () => {
    const fine = `${conv(8, 2)}${conv(8, 2)}${conv(8, 2)}${conv(8, 2)}${conv(16)}${yolo('0,1')}`
    const coarse = `[route]\nlayers=-2\n[maxpool]\nsize=2\nstride=2\n${conv(16)}${yolo('2,3')}`
    expect(parseDarknet(`[net]\n${fine}${coarse}`, 'a.cfg').anchorMask).toEqual([[2, 3], [0, 1]]) // biome-ignore format: pairs
  })

  it('may be an excerpt, kept in its order, with ends of lines as on Windows', () => {
    const excerpt = `${yolo('2,3')}${yolo('0,1')}`.replaceAll('\n', '\r\n')
    expect(parseDarknet(excerpt, 'a.cfg')).toMatchObject({ anchorMask: [[2, 3], [0, 1]], classes: 3 }) // biome-ignore format: pairs
    expect(parseDarknet(excerpt, 'a.cfg')).not.toHaveProperty('input')
  })

  it('has the defaults of Darknet for what it leaves out', () => {
    const bare = parseDarknet('[yolo]\nanchors=1,2,3,4\n', 'a.cfg')
    expect(bare).toEqual({ anchors: [[1, 2], [3, 4]], anchorMask: [[0, 1]], classes: 20, ignoreThreshold: 0.5 }) // biome-ignore format: pairs
  })

  it.each<[string, string, string]>([
    [
      'without [yolo]',
      '[net]\nwidth=416\n[region]\nnum=5\n',
      'has no [yolo] section, but [region]: this is a network of',
    ],
    ['that is JSON', '{ "anchors": [] }', 'is no Darknet configuration: line 1 is "{ "anchors": [] }"'],
    ['with an option before any section', 'width=416\n', 'is no Darknet configuration: line 1'],
    ['with an option twice', yolo('0,1', 'classes=4'), '"classes" stands twice in [yolo], again in line 8 of a.cfg'],
    ['with words for numbers', yolo('0,1').replace('20,21', '20,two'), 'got "two" in [yolo] of line 2 in a.cfg'],
    ['with no number of classes', yolo('0,1').replace('=3', '='), '"classes" must be a number, got ""'],
    ['without anchors', '[yolo]\nclasses=3\n', '"anchors" are missing in [yolo] of line 1'],
    ['with half a pair', '[yolo]\nanchors=1,2,3\n', '"anchors" hold 3 numbers, no pairs'],
    ['with another number of anchors', yolo('0,1').replace('num=4', 'num=9'), 'hold 4 pairs where num = 9'],
    ['with two thresholds', network(yolo('0,1').replace('.6', '.7')), '0.6 in line 34, 0.7 in line 54'],
    ['with channels for other classes', network(undefined, 255), 'is 255, but 2 anchors × (5 + 3 classes) make 16'],
    ['of another loss', network(yolo('0,1', 'iou_loss=ciou')), '"iou_loss" = ciou in [yolo]'],
    ['of other strides', `[net]\n${conv(8, 2)}${conv(16)}${yolo('0,1')}`, 'must be 32, 16, 8, … pixels, got 2'],
    ['with a route to nowhere', `[route]\nlayers=-4\n${yolo('0,1')}`, 'name layer -4, which is not there'],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseDarknet(text, 'a.cfg')).toThrow(expect.objectContaining({ name: 'ConfigError', exitCode: 2 }))
    expect(() => parseDarknet(text, 'a.cfg')).toThrow(message)
  })

  it('of any content is read or refused, nothing else', () => {
    const words = [
      '[net]',
      '[yolo]',
      '[route]',
      'layers=-1',
      'anchors=1,2',
      'mask=0',
      'classes=',
      'num=1',
      'stride=2',
      '=',
      ';',
    ]
    const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 }).map((l) => l.join('\n'))
    fc.assert(
      fc.property(text, (content) => {
        try {
          expect(parseDarknet(content, 'a.cfg').anchorMask.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ exitCode: 2 })
        }
      }),
      { numRuns: 500 },
    )
  })
})
